namespace Autodidact.Search;

/// <summary>How far the building of an inverted file is.</summary>
/// <param name="Iterations">Iterations of k-means done.</param>
/// <param name="Assigned">Rows put into lists.</param>
/// <param name="Rows">Rows in all.</param>
public sealed record InvertedFileProgress(int Iterations, int Assigned, int Rows);
