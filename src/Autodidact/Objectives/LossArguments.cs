using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>Checks of arguments that losses share: a wrong shape would often broadcast to a wrong number instead of failing.</summary>
internal static class LossArguments
{
    /// <summary>One row an image: [B, D].</summary>
    public static void Matrix(Tensor value, string name, long atLeastRows = 1)
    {
        if (value.dim() != 2 || value.shape[0] < atLeastRows)
        {
            throw new ArgumentException($"expected a matrix of at least {atLeastRows} rows, got {Shape(value)}", name);
        }
    }

    /// <summary>Two views of at least one image, one above the other: [2B, D].</summary>
    public static void Pairs(Tensor value, string name)
    {
        if (value.dim() != 2 || value.shape[0] % 2 != 0 || value.shape[0] < 2)
        {
            throw new ArgumentException($"expected embeddings [2B, D] with B >= 1, got {Shape(value)}", name);
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

    public static void SameRows(Tensor value, Tensor other, string name)
    {
        if (value.shape[0] != other.shape[0])
        {
            throw new ArgumentException($"expected as many rows on both sides, got {Shape(value)} and {Shape(other)}", name);
        }
    }

    public static void SameColumns(Tensor value, Tensor other, string name)
    {
        Matrix(value, name);
        if (value.shape[1] != other.shape[1])
        {
            throw new ArgumentException($"expected as many columns on both sides, got {Shape(value)} and {Shape(other)}", name);
        }
    }

    public static void Temperature(double value, string name) => Positive(value, "temperature", name);

    public static void Positive(double value, string what, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"expected a positive {what}, got {value}", name);
        }
    }

    public static void Weight(double value, string name)
    {
        if (!(value >= 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"expected a weight of 0 or more, got {value}", name);
        }
    }

    public static string Shape(Tensor value) => $"[{string.Join(", ", value.shape)}]";
}
