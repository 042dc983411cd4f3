using System.Globalization;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Native;

namespace Autodidact.Stages;

/// <summary>Writes down what an exported model is: shapes, costs, names, measurements and where it came from.</summary>
internal static class ExportManifest
{
    /// <summary>
    /// The manifest of a run's model before its thresholds are chosen; <paramref name="assignments"/> are in the student's numbers.
    /// </summary>
    public static ModelManifest Create(
        ExportContext context,
        MultiExitNetwork student,
        ModelInput studentInput,
        (Backbone Network, ModelInput Input)? encoder,
        ExitCosts costs,
        Lazy<int[]> assignments)
    {
        var parameters = ModelCost.OfExits(student, studentInput.ViewSize).Select(c => c.Parameters).ToArray();
        var measured = context.Summary.Exits ?? [];
        return new ModelManifest
        {
            Architecture = studentInput.Architecture,
            Precision = "float32",
            Input = Input(context, studentInput, ModelExporter.PreprocessingFile),
            Encoder = encoder is var (network, input)
                ? new ManifestEncoder(
                    input.Architecture, ModelExporter.EncoderFile, network.FeatureSize,
                    Input(context, input, ModelExporter.EncoderPreprocessingFile))
                : null,
            FeatureSize = student.FeatureSize,
            Clusters = student.Options.Outputs,
            Names = Names(context, assignments, student.Options.Outputs),
            Exits =
            [
                .. Enumerable.Range(0, student.ExitCount)
                    .Select(exit => (Exit: exit, Measured: measured.FirstOrDefault(e => e.Exit == Number(exit))))
                    .Select(e => new ManifestExit
                    {
                        Exit = e.Exit + 1,
                        StageFile = ModelExporter.StageFile(e.Exit),
                        ModelFile = ModelExporter.ModelFile(e.Exit),
                        Parameters = parameters[e.Exit],
                        Macs = costs.Alone[e.Exit],
                        BranchMacs = costs.Branches[e.Exit],
                        Knn = e.Measured?.Scores.Knn,
                        Linear = e.Measured?.Scores.Linear,
                        Purity = e.Measured?.Scores.Purity,
                    }),
            ],
            Provenance = Provenance(context),
        };
    }

    /// <summary>The manifest with its early exits chosen; as it is where there is no plan.</summary>
    public static ModelManifest With(this ModelManifest manifest, EarlyExitPlan? plan) => plan is null ? manifest : manifest with
    {
        TradeOffs = plan.Curve,
        Exits =
        [
            .. manifest.Exits.Select((e, i) => e with
            {
                Temperature = plan.Temperatures[i],
                Threshold = plan.Thresholds[i],
                Agreement = plan.Alone[i].Agreement,
                Accuracy = plan.Alone[i].Accuracy,
            }),
        ],
    };

    private static ManifestInput Input(ExportContext context, ModelInput input, string preprocessing) => new(
        context.Data.Target.Train.Height,
        input.ViewSize,
        [input.Normalization.Mean.Red, input.Normalization.Mean.Green, input.Normalization.Mean.Blue],
        [input.Normalization.Std.Red, input.Normalization.Std.Green, input.Normalization.Std.Blue],
        context.Options.Export.Preprocessing ? null : preprocessing);

    private static IReadOnlyList<string>? Names(ExportContext context, Lazy<int[]> assignments, int clusters) =>
        context.Options.Export.Names switch
        {
            null => null,
            "labels" => ClusterNames.Majority(context.Data.Target, assignments.Value, clusters)?.Select(Plain).ToArray()
                ?? throw new AutodidactException(
                    FailureKind.Usage, "export.names=labels: the images have no labels: name a CSV file, or leave it out"),
            var file => [.. ClusterNamesFile.Read(file, clusters).Select(Plain)],
        };

    /// <summary>A name without control characters, which a reader of the manifest refuses: names are printed.</summary>
    private static string Plain(string name) => string.Concat(name.Select(c => char.IsControl(c) ? ' ' : c));

    private static Dictionary<string, string> Provenance(ExportContext context)
    {
        var (labels, encoder) = (context.Options.Distill.AllowLabels, context.Options.Pretrain.AllowLabels);
        var method = context.Summary.Pretrain?.Method ?? context.Options.Pretrain.Method;
        var provenance = new Dictionary<string, string>
        {
            ["run"] = Path.GetFileName(context.Run.Paths.Root),
            ["version"] = BuildInfo.Versions["autodidact"],
            ["created"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            ["images"] = context.Data.Target.Train.Fingerprint,
            ["method"] = $"{method}, {(labels ? "labels" : "k-means")}, {context.Options.Distill.Method}",
            ["seed"] = context.Options.Seed.ToString(CultureInfo.InvariantCulture),
        };
        if (BuildInfo.Commit is { } commit)
        {
            provenance["commit"] = commit;
        }

        if (labels || encoder)
        {
            provenance[ExportedModel.LabelsKey] =
                $"the {(labels ? "student" : "encoder")} was trained on labels: this is no result without labels";
        }

        return provenance;
    }

    private static string Number(int exit) => (exit + 1).ToString(CultureInfo.InvariantCulture);
}
