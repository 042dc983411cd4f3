namespace Autodidact.Inference;

/// <summary>A row of an index that a search found.</summary>
/// <param name="Key">What the row is of: the image's path or name.</param>
/// <param name="Row">Number of the row, from 0.</param>
/// <param name="Similarity">Cosine of the angle to the query, -1 to 1; 0 where either is a row of zeros.</param>
public sealed record SearchHit(string Key, int Row, double Similarity);
