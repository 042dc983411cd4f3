using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>Export to ONNX.</summary>
public sealed record ExportOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.ReadWhere((ExportOptions o) => o.Int8, "{int8}=true", "calibration_images", "int8_agreement"),
    ];

    /// <summary>Whether every graph begins with the preprocessing.</summary>
    [Description("put the preprocessing into every graph, which then takes pictures as bytes; false writes it as a graph of its own")]
    public bool Preprocessing { get; init; } = true;

    /// <summary>Agreement with the deepest exit that the default thresholds keep on held-out images.</summary>
    [Description("share of held-out images that early exiting must answer as the deepest exit does")]
    [Range(0.0, 1.0)]
    [Flag("--agreement", Value = "F")]
    public double Agreement { get; init; } = 0.99;

    /// <summary>Mean cost the default thresholds must meet instead.</summary>
    [Description("mean multiply-accumulates an image that the thresholds must meet instead; 0 is off")]
    [Range(0, long.MaxValue)]
    public long MeanMacs { get; init; }

    /// <summary>Cluster names: a CSV file with the columns cluster and name, or <c>labels</c>.</summary>
    [Description("names of the clusters: a CSV file (cluster,name), or 'labels' for each cluster's commonest class where labels exist")]
    [PathOption("labels")]
    [Flag("--names", Value = "labels|FILE.csv")]
    public string? Names { get; init; }

    /// <summary>Images every graph is checked on.</summary>
    [Description("real images every graph is checked on")]
    [Range(1, 10_000)]
    public int CheckImages { get; init; } = 32;

    /// <summary>Whether a model of 8-bit integers is written beside, into <c>model/int8</c>.</summary>
    [Description("write a model of 8-bit integers too, into model/int8: about a quarter of the size")]
    [Flag("--int8")]
    public bool Int8 { get; init; }

    /// <summary>Images the 8-bit ranges are measured on.</summary>
    [Description("held-out images the ranges of int8 are measured on")]
    [Range(1, 1_000_000)]
    public int CalibrationImages { get; init; } = 512;

    /// <summary>Agreement of each 8-bit exit with the same exit in floats, below which int8 is refused.</summary>
    [Description("share of held-out images that every int8 exit must answer as the same exit does in floats, else nothing is exported")]
    [Range(0.0, 1.0)]
    public double Int8Agreement { get; init; } = 0.9;

    /// <summary>Longest time the speeds of exits and settings are measured for.</summary>
    [Description("seconds that measuring the speed of exits and thresholds may take; 0 leaves the speeds out")]
    [Range(0.0, 3600.0)]
    public double MeasureSeconds { get; init; } = 20;

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
