using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

/// <summary>
/// Two variants and an upper bound with two exits, over two seeds, as the report shows them. Linear accuracy (%) of exits 1 and 2: plain
/// 40, 50 and 44, 52; hot 43, 53 and 45, 59; top 60, 70 of the first seed alone.
/// </summary>
internal static class ExitExperiment
{
    public const string Text =
        """
        {
          "name": "exits",
          "base": { "data": "pictures", "set": ["pretrain.epochs=3", "distill.epochs=2"] },
          "variants": [
            { "name": "plain" },
            { "name": "hot", "set": ["distill.loss.temperature=7"] },
            { "name": "top", "set": ["distill.method=supervised", "distill.allow_labels=true"] }
          ],
          "seeds": [1, 2],
          "baseline": "plain",
          "metrics": ["exits.2.linear", "exits.1.linear", "exits.1.macs", "exits.2.macs", "exits.2.linear - exits.1.linear"],
          "comparisons": [
            { "name": "deep | hot", "variant": "hot", "metric": "exits.2.linear", "against": "plain", "against_metric": "exits.1.linear" },
            { "name": "and back", "variant": "plain", "metric": "exits.1.linear", "against": "hot", "against_metric": "exits.2.linear" },
            { "name": "shallow", "variant": "hot", "metric": "exits.1.linear", "against": "plain" },
            { "name": "bound", "variant": "top", "metric": "exits.2.linear", "against": "plain" }
          ]
        }
        """;

    public static Experiment In(string home, string text = Text) => Experiment.Create(ExperimentFile.Parse(text, "e.json"), home, "e.json");

    public static IReadOnlyList<ResultRow> Rows(Experiment experiment) =>
    [
        .. experiment.Cells.Where(c => c is not { Variant: "top", Seed: 2 }).Select(cell =>
        {
            var (shallow, deep) = (cell.Variant, cell.Seed) switch
            {
                ("plain", 1) => (0.40, 0.50),
                ("plain", _) => (0.44, 0.52),
                ("hot", 1) => (0.43, 0.53),
                ("hot", _) => (0.45, 0.59),
                _ => (0.60, 0.70),
            };
            return SmallExperiment.Row(cell, 0, seconds: cell.Seed == 1 ? 10 : 20) with
            {
                Metrics = [deep, shallow, 1_000_000, cell.Variant == "top" ? 4_000_000 : 3_000_000, deep - shallow],
                ImagesSeen = cell.Variant == "top" ? null : 1000 * (double)cell.Seed,
            };
        }),
    ];
}
