using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>Checks that losses share: a wrong shape would often broadcast to a wrong number instead of failing.</summary>
internal static class LossArguments
{
    public static void Matrix(Tensor value, string name, long atLeastRows = 1)
    {
        if (value.dim() != 2 || value.shape[0] < atLeastRows)
        {
            throw new ArgumentException($"expected a matrix of at least {atLeastRows} rows, got {Shape(value)}", name);
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

    public static void Temperature(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentException($"expected a positive temperature, got {value}", name);
        }
    }

    private static string Shape(Tensor value) => $"[{string.Join(", ", value.shape)}]";
}
