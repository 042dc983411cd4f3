namespace Autodidact.Runs;

/// <summary>One logged step. What was not measured is null, and absent from the file.</summary>
internal sealed record MetricsEntry
{
    /// <summary>Name of the stage.</summary>
    public required string Stage { get; init; }

    /// <summary>Step within the stage, from 1.</summary>
    public required long Step { get; init; }

    /// <summary>Epoch within the stage, from 1.</summary>
    public int Epoch { get; init; }

    /// <summary>Seconds of training in this stage so far, over all its sessions.</summary>
    public double Seconds { get; init; }

    /// <summary>Loss of the step, or its mean since the last entry.</summary>
    public double? Loss { get; init; }

    /// <summary>Learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Images trained on in a second.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Further values by name (<c>knn</c>, <c>effective_rank</c>, <c>exit_1_cross_entropy</c>).</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}
