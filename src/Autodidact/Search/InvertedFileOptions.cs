namespace Autodidact.Search;

/// <summary>Settings of <see cref="InvertedFileBuilder"/>.</summary>
public sealed record InvertedFileOptions
{
    /// <summary>Number of lists, at most the number of rows; 0 takes <see cref="InvertedFileBuilder.AutoLists"/>.</summary>
    public int Lists { get; init; }

    /// <summary>Rows the centroids are fitted to, for each list; all rows where there are fewer.</summary>
    public int RowsPerList { get; init; } = 64;

    /// <summary>Most iterations of k-means: lists need not be the best possible, only of like size.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>Seed of the sample and of k-means.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; 0 takes one for each processor.</summary>
    public int Threads { get; init; }
}
