using System.Text;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>The reference of <c>summary.json</c>, docs/reference/summary.md, made from the records that hold it.</summary>
internal static class SummaryReference
{
    public static string Markdown()
    {
        var text = new StringBuilder();
        text.Append(
            """
            # summary.json

            Every run writes its results to `summary.json` in its directory, and `autodidact run --json` prints the same.
            This page is made from the code, and so is the [JSON Schema](summary.schema.json) that the file follows.

            Fractions are 0-1, times seconds, sizes megabytes.
            A key is absent where its figure was not measured.
            A later version may add keys; a program that reads the file passes over keys it does not know.
            Experiments take every number here [as a metric](../how-to/experiments.md): `pretrain.knn`, `exits.4.linear`.

            ## How exits are named

            | where | exit | reason |
            | --- | --- | --- |
            | `summary.json` | text: `"1"` (the shallowest), `"2"`, ..., and `"ensemble"` | the ensemble has a row among the exits |
            | metrics of experiments | `exits.1.linear`, `ensemble.linear` | they are the names of `summary.json` |
            | `model.json` and `predict --format json` | number: `1`, `2`, ... | one exit answers; the ensemble is never exported |

            The numbers are the same everywhere: exit 1 is the shallowest.

            ## Scores

            A score judges one representation: raw pixels, an encoder, its clusters, an exit.
            [Evaluation](../methods/evaluation.md) defines each.

            | key | column of tables | better | rows | score |
            | --- | --- | --- | --- | --- |

            """.ReplaceLineEndings("\n"));
        foreach (var score in Score.All)
        {
            var (about, better) = (score.About, score.About.Better.ToString().ToLowerInvariant());
            text.Append($"| `{score.Name}` | {about.Header} | {better} | {Rows(about.Rows)} | {about.Text} |\n");
        }

        foreach (var part in SummaryLayout.Parts.Where(part => part.Kind != SummaryPartKind.Figure))
        {
            text.Append($"\n## {part.Name}\n\n{Sentence(part.Text)}\n\n| key | type | figure |\n| --- | --- | --- |\n");
            foreach (var figure in part.Figures) text.Append($"| `{figure.Name}` | {figure.JsonType} | {figure.Text} |\n");
        }

        text.Append("\n## Single figures\n\n| key | type | figure |\n| --- | --- | --- |\n");
        foreach (var part in SummaryLayout.Parts.Where(part => part.Kind == SummaryPartKind.Figure))
        {
            text.Append($"| `{part.Name}` | {part.Figures[0].JsonType} | {part.Figures[0].Text} |\n");
        }

        return text.ToString();
    }

    private static string Rows(ScoredRows rows) => string.Join(", ", SummaryLayout.Parts
        .Where(part => part.ScoredAs is { } row && rows.HasFlag(row))
        .Select(part => $"`{part.Name}`"));

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
