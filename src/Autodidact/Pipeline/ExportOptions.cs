using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Pipeline;

/// <summary>Export to ONNX.</summary>
public sealed record ExportOptions
{
    /// <summary>Whether every graph begins with the preprocessing.</summary>
    [Description("put the preprocessing into every graph, which then takes pictures as bytes; false writes it as a graph of its own")]
    public bool Preprocessing { get; init; } = true;

    /// <summary>Agreement with the deepest exit that the default thresholds keep on held-out images.</summary>
    [Description("share of held-out images that early exiting must answer as the deepest exit does")]
    [Range(0.0, 1.0)]
    public double Agreement { get; init; } = 0.99;

    /// <summary>Mean cost the default thresholds must meet instead.</summary>
    [Description("mean multiply-accumulates an image that the thresholds must meet instead; 0 is off")]
    [Range(0, long.MaxValue)]
    public long MeanMacs { get; init; }

    /// <summary>Cluster names: a CSV file with the columns cluster and name, or <c>labels</c>.</summary>
    [Description("names of the clusters: a CSV file (cluster,name), or 'labels' for each cluster's commonest class where labels exist")]
    public string? Names { get; init; }

    /// <summary>Images every graph is checked on.</summary>
    [Description("real images every graph is checked on")]
    [Range(1, 10_000)]
    public int CheckImages { get; init; } = 32;
}
