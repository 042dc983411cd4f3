namespace Autodidact.Views;

/// <summary>How the generator works. None of these settings changes the content of a view.</summary>
internal sealed record ViewGeneratorOptions
{
    /// <summary>Threads that make views.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 16);

    /// <summary>Batches prepared while the consumer works on one.</summary>
    public int PrefetchBatches { get; init; } = 2;

    /// <summary>Whether views lie in memory that a CUDA device reads by itself, so that nobody waits while they go up.</summary>
    public bool Pinned { get; init; }
}
