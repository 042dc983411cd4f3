namespace Autodidact.Inference;

/// <summary>How an index is searched.</summary>
public sealed record SearchOptions
{
    /// <summary>Searches every row, also where there is an inverted file.</summary>
    public static SearchOptions Exact { get; } = new() { Probes = int.MaxValue };

    /// <summary>
    /// Lists of the inverted file that are searched, the nearest first; more are searched where these hold fewer rows than are wanted.
    /// 0 searches one list in 16, at least 8; all of them, or more, search every row. Without an inverted file every row is searched.
    /// </summary>
    public int Probes { get; init; }

    /// <summary>Threads of one call; 0 takes one a processor. The hits do not depend on it.</summary>
    public int Threads { get; init; }
}
