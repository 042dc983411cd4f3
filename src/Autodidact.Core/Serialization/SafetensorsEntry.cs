namespace Autodidact.Serialization;

/// <summary>Element type of a stored tensor, by safetensors' own names.</summary>
internal enum TensorType
{
    /// <summary>Boolean, a byte each.</summary>
    BOOL,

    /// <summary>Unsigned 8 bit.</summary>
    U8,

    /// <summary>Signed 8 bit.</summary>
    I8,

    /// <summary>Signed 16 bit.</summary>
    I16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>Signed 32 bit.</summary>
    I32,

    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Signed 64 bit.</summary>
    I64,

    /// <summary>Double precision.</summary>
    F64,
}

/// <summary>A tensor in a safetensors file.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions; none for a scalar.</param>
internal sealed record SafetensorsEntry(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Bytes of the tensor's data.</summary>
    public long ByteCount => checked(Shape.Aggregate(1L, (a, b) => checked(a * b)) * SizeOf(Type));

    /// <summary>Bytes of one element.</summary>
    /// <param name="type">The type.</param>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.BOOL or TensorType.U8 or TensorType.I8 => 1,
        TensorType.I16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I32 or TensorType.F32 => 4,
        TensorType.I64 or TensorType.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "the size of this type is not known"),
    };
}
