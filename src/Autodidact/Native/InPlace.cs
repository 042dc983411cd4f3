using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Native;

/// <summary>
/// Arithmetic in place whose numbers live until native code has read them. TorchSharp makes an object of every number that an operation
/// takes, and keeps it alive no longer than it takes to read its address. If a garbage collection comes just then, the number is freed
/// under the reader's hands, and the operation fails: once in some hundred collections during such operations.
/// </summary>
internal static class InPlace
{
    // They are never freed: most operations of this kind take one of them.
    private static readonly Scalar _one = 1.ToScalar();
    private static readonly Scalar _minusOne = (-1).ToScalar();

    /// <summary>Adds another tensor.</summary>
    public static Tensor AddInPlace(this Tensor tensor, Tensor other) => tensor.add_(other, _one);

    /// <summary>Adds a multiple of another tensor.</summary>
    public static Tensor AddInPlace(this Tensor tensor, Tensor other, double factor)
    {
        using var number = factor.ToScalar();
        return tensor.add_(other, number);
    }

    /// <summary>Adds a number.</summary>
    public static Tensor AddInPlace(this Tensor tensor, double value)
    {
        using var number = value.ToScalar();
        return tensor.add_(number, _one);
    }

    /// <summary>Subtracts another tensor.</summary>
    public static Tensor SubtractInPlace(this Tensor tensor, Tensor other) => tensor.add_(other, _minusOne);

    /// <summary>Multiplies by a number.</summary>
    public static Tensor MultiplyInPlace(this Tensor tensor, double value)
    {
        using var number = value.ToScalar();
        return tensor.mul_(number);
    }

    /// <summary>Divides by a number.</summary>
    public static Tensor DivideInPlace(this Tensor tensor, double value)
    {
        using var number = value.ToScalar();
        return tensor.div_(number);
    }
}
