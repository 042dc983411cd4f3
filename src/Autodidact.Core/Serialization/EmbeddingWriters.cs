namespace Autodidact.Serialization;

/// <summary>What the writers of embeddings have in common.</summary>
internal static class EmbeddingWriters
{
    public static void CheckLength(ReadOnlySpan<float> feature, int columns)
    {
        if (feature.Length != columns)
        {
            throw new ArgumentException($"a feature of {feature.Length} values in a file of {columns}", nameof(feature));
        }
    }
}
