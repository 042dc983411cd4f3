namespace Autodidact.Evaluation;

/// <summary>Settings of a measurement of speed.</summary>
internal sealed record ThroughputOptions
{
    /// <summary>Images of a batch: as many for each core, at least one.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Batches run before the clock starts: allocators and kernels settle.</summary>
    public int WarmupBatches { get; init; } = 2;

    /// <summary>Batches timed; their median counts.</summary>
    public int TimedBatches { get; init; } = 7;
}
