namespace Autodidact.Serialization;

/// <summary>
/// Writes embeddings one by one into a file that appears, whole, when it is completed. Disposing one that was not completed leaves no file.
/// </summary>
internal interface IEmbeddingWriter : IDisposable
{
    /// <summary>Embeddings appended so far.</summary>
    int Count { get; }

    /// <summary>Appends an embedding.</summary>
    /// <param name="key">What it is of: the image's path or name.</param>
    /// <param name="feature">Its values, as many in every row.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    void Append(string key, ReadOnlySpan<float> feature);

    /// <summary>Puts the file into its place.</summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    void Complete();
}
