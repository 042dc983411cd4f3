using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Checks that losses of embeddings share: a wrong shape would often broadcast to a wrong number instead of failing.</summary>
internal static class EmbeddingArguments
{
    /// <summary>Two views of at least so many images, one above the other: [2B, D].</summary>
    public static void Pairs(Tensor value, string name, long atLeastImages = 1)
    {
        if (value.dim() != 2 || value.shape[0] % 2 != 0 || value.shape[0] < 2 * atLeastImages)
        {
            throw new ArgumentException($"expected embeddings [2B, D] with B >= {atLeastImages}, got {Shape(value)}", name);
        }
    }

    /// <summary>One view of at least so many images: [B, D].</summary>
    public static void Rows(Tensor value, string name, long atLeastRows)
    {
        if (value.dim() != 2 || value.shape[0] < atLeastRows)
        {
            throw new ArgumentException($"expected embeddings [B, D] with B >= {atLeastRows}, got {Shape(value)}", name);
        }
    }

    /// <summary>Several views of at least two images, one above the other: [V * B, D].</summary>
    public static void Views(Tensor value, int views, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 2);
        if (value.dim() != 2 || value.shape[0] % views != 0 || value.shape[0] < 2 * views)
        {
            throw new ArgumentException($"expected embeddings [{views}B, D] with B >= 2, got {Shape(value)}", name);
        }
    }

    public static void SameShape(Tensor value, Tensor other, string name)
    {
        if (!value.shape.SequenceEqual(other.shape))
        {
            throw new ArgumentException($"expected two tensors of one shape, got {Shape(value)} and {Shape(other)}", name);
        }
    }

    public static void Weight(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"expected a weight of 0 or more, got {value}", name);
        }
    }

    public static void Positive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"expected a positive {name}, got {value}", name);
        }
    }

    public static string Shape(Tensor value) => $"[{string.Join(", ", value.shape)}]";
}
