namespace Autodidact.Inference;

/// <summary>Searching an index for images like a given one.</summary>
public static class ModelSearch
{
    /// <summary>The images of an index most similar to an image file.</summary>
    /// <param name="model">The model that made the index.</param>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="index">The index.</param>
    /// <param name="count">Hits wanted.</param>
    /// <param name="options">How to search; the defaults if left out.</param>
    /// <returns>As <see cref="EmbeddingIndex.Search"/> gives them.</returns>
    /// <exception cref="AutodidactException">
    /// The index is of another model (kind Usage), or the file cannot be read or decoded (kind Data).
    /// </exception>
    public static IReadOnlyList<SearchHit> Search(
        this EarlyExitModel model, string path, EmbeddingIndex index, int count = 10, SearchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(index);
        return index.Search(model.Embed(path, index.SourceOf(model)), count, options);
    }
}
