using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Images;
using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>The images of a run.</summary>
public sealed record DataOptions : IOptionRules
{
    private const string LabelFileEnding = ".csv";

    private static readonly OptionRule[] Rules =
    [
        OptionRule.Refuse(
            "join_evaluation_share",
            (DataOptions o) => o is { JoinEvaluationShare: true, EvaluationShare: 0 },
            "{evaluation_share} is 0, so there is nothing to join: set it too, or leave the option out"),
    ];

    /// <summary>Target set.</summary>
    [Description("images to learn from: a folder, a .zip, a folder of CIFAR binaries, or synthetic, the built-in set")]
    [PathOption(DataRequest.BuiltIn, DataRequest.OfProgram)]
    [Flag("DATA")]
    public string Source { get; init; } = DataRequest.BuiltIn;

    /// <summary>Set to pre-train on; null is the target set.</summary>
    [Description("images to pre-train on, if others than the run's own")]
    [PathOption(DataRequest.BuiltIn)]
    [Flag("--pretrain-data", Value = "DATA")]
    public string? Pretrain { get; init; }

    /// <summary>Set to evaluate on; null is the target set's test part.</summary>
    [Description("images to evaluate on, if others than the run's own test part")]
    [PathOption(DataRequest.BuiltIn)]
    [OptionOfStage("evaluate")]
    [Flag("--eval", Value = "DATA", Key = "evaluation_data")]
    [Flag("--on", Value = "DATA", Command = "evaluate")]
    public string? Evaluation { get; init; }

    /// <summary>Where evaluation labels come from.</summary>
    [Description("labels to measure with, which training never sees: none, folders, or a CSV file with key,label")]
    [PathOption(Ending = LabelFileEnding)]
    [OptionOfStage("evaluate")]
    [Flag("--labels", Value = "none|folders|FILE.csv")]
    public string Labels { get; init; } = "folders";

    /// <summary>Side of the packed images; 0 keeps small images as they are.</summary>
    [Description("side of the packed images in pixels; 0 keeps the size of small images")]
    [Range(0, 4096)]
    public int ImageSize { get; init; }

    /// <summary>Fraction of the training images held out for monitors and choices.</summary>
    [Description("fraction of the training images held out, by key, for monitors and choices")]
    [Range(0.0, 0.5)]
    [Flag("--holdout", Value = "F")]
    public double Holdout { get; init; } = 0.02;

    /// <summary>Training images used; 0 is all.</summary>
    [Description("training images to use, chosen by key; 0 is all")]
    [Range(0, 1_000_000_000)]
    public int TrainImages { get; init; }

    /// <summary>
    /// Fraction of the training images evaluated on in place of the test images, so that settings are chosen without a look at those.
    /// </summary>
    [Description(
        "fraction of the training images, chosen by key, that is evaluated on and not trained on: to choose settings without the test "
        + "images")]
    [Range(0.0, 0.9)]
    public double EvaluationShare { get; init; }

    /// <summary>Whether the test images are evaluated on too.</summary>
    [Description("evaluate on the images of evaluation_share beside the test images, not in their place: for sets of few test images")]
    public bool JoinEvaluationShare { get; init; }

    /// <summary>Training images of the built-in set.</summary>
    [Description("training images of the synthetic set")]
    [Range(100, 10_000_000)]
    public int SyntheticTrain { get; init; } = 5_000;

    /// <summary>Test images of the built-in set.</summary>
    [Description("test images of the synthetic set")]
    [Range(100, 10_000_000)]
    public int SyntheticTest { get; init; } = 2_000;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;

    /// <summary>Whether <see cref="Labels"/> names a file.</summary>
    internal static bool IsLabelFile(string labels) => labels.EndsWith(LabelFileEnding, StringComparison.OrdinalIgnoreCase);
}
