using System.Globalization;

namespace Autodidact.Serialization;

/// <summary>A storage: a run of elements of one type that tensors are windows of.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Count">Elements.</param>
internal sealed record TorchStorage(string Key, TensorType Type, long Count);

/// <summary>A tensor: a window of a storage.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">First element.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Strides">Elements from one index to the next, a dimension.</param>
internal sealed record TorchTensorReference(TorchStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>The names that a PyTorch checkpoint may use, and how each is read. Nothing here runs code of the file's choice.</summary>
internal static class TorchObjects
{
    /// <summary>
    /// Names of tensors are made of keys that a pickle can use again and again, so short files could make long names without end.
    /// </summary>
    private const int LongestName = 500;
    private const int MostTensors = 100_000;

    private static readonly Dictionary<string, TensorType> _storages = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = TensorType.F32,
        ["torch.DoubleStorage"] = TensorType.F64,
        ["torch.HalfStorage"] = TensorType.F16,
        ["torch.BFloat16Storage"] = TensorType.BF16,
        ["torch.LongStorage"] = TensorType.I64,
        ["torch.IntStorage"] = TensorType.I32,
        ["torch.ShortStorage"] = TensorType.I16,
        ["torch.CharStorage"] = TensorType.I8,
        ["torch.ByteStorage"] = TensorType.U8,
        ["torch.BoolStorage"] = TensorType.BOOL,
    };

    /// <summary>Objects that training scripts put beside the weights. The reader skips them.</summary>
    private static readonly HashSet<string> _inert = new(StringComparer.Ordinal)
    {
        "argparse.Namespace", "torch.Size", "torch.device", "torch.float32", "torch.float64", "torch.float16", "torch.int64",
        "_codecs.encode",
        "numpy.dtype", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    };

    /// <summary>For <see cref="PickleReader"/>.</summary>
    /// <param name="name">Class or function.</param>
    /// <param name="arguments">Arguments; null where it is only named.</param>
    public static object? Construct(PickleGlobal name, object?[]? arguments)
    {
        var full = name.ToString();
        if (arguments is null)
        {
            return full is "collections.OrderedDict" or "torch._utils._rebuild_tensor_v2" or "torch._utils._rebuild_parameter"
                || _storages.ContainsKey(full) || _inert.Contains(full)
                ? name
                : null;
        }

        return full switch
        {
            "collections.OrderedDict" => Ordered(arguments),
            "torch._utils._rebuild_tensor_v2" => Tensor(arguments),
            "torch._utils._rebuild_parameter" => arguments is [TorchTensorReference tensor, ..] ? tensor : throw Broken(full),
            _ when _inert.Contains(full) => new PickleInert(name),
            _ => null,
        };
    }

    /// <summary>The storage of a persistent identifier <c>('storage', type, key, device, count, ...)</c>.</summary>
    /// <param name="identifier">The identifier.</param>
    public static TorchStorage Storage(object? identifier) =>
        identifier is PickleTuple { Items: ["storage", PickleGlobal type, string key, string, long count, ..] items }
        && _storages.TryGetValue(type.ToString(), out var element)
        && count >= 0
        && (items.Length == 5 || (items.Length == 6 && items[5] is null))
            ? new TorchStorage(key, element, count)
            : throw Broken("a storage");

    /// <summary>Every tensor below nested dictionaries, by its keys joined with dots.</summary>
    /// <param name="root">What the pickle held.</param>
    public static IEnumerable<(string Name, TorchTensorReference Tensor)> Tensors(object? root)
    {
        // A few dictionaries that hold each other many times over would be walked for ever.
        const int MostVisits = 1_000_000;
        const int Deepest = 16;
        var visits = 0;
        var found = 0;
        return Walk(root, "", 0);

        IEnumerable<(string, TorchTensorReference)> Walk(object? value, string path, int depth)
        {
            if (++visits > MostVisits || depth > Deepest)
            {
                throw new InvalidDataException("its dictionaries are nested too deep or too often");
            }

            if (path.Length > LongestName)
            {
                throw new InvalidDataException($"the name of one of its tensors is longer than {LongestName} characters");
            }

            if (value is TorchTensorReference tensor)
            {
                if (++found > MostTensors)
                {
                    throw new InvalidDataException($"it holds more than {MostTensors} tensors");
                }

                yield return (path, tensor);
            }
            else if (value is PickleDictionary dictionary)
            {
                foreach (var (key, item) in dictionary.Items)
                {
                    if (item is TorchTensorReference or PickleDictionary && Name(key) is { } name)
                    {
                        foreach (var inner in Walk(item, path.Length == 0 ? name : $"{path}.{name}", depth + 1))
                        {
                            yield return inner;
                        }
                    }
                }
            }
        }
    }

    private static string? Name(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static PickleDictionary Ordered(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        foreach (var pair in arguments is [List<object?> pairs] ? pairs : [])
        {
            dictionary.Items.Add(pair switch
            {
                PickleTuple { Items: [var key, var value] } => (key, value),
                List<object?> { Count: 2 } list => (list[0], list[1]),
                _ => throw Broken("collections.OrderedDict"),
            });
        }

        return dictionary;
    }

    private static TorchTensorReference Tensor(object?[] arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, PickleTuple size, PickleTuple stride, ..])
        {
            throw Broken("a tensor");
        }

        var shape = Numbers(size);
        var strides = Numbers(stride);
        if (shape.Length != strides.Length || shape.Length > 8 || offset < 0 || shape.Any(d => d < 0) || strides.Any(s => s < 0))
        {
            throw Broken("a tensor");
        }

        // Products of what a file claims overflow 64 bits, and stop here before they overflow 128.
        var count = shape.Contains(0) ? 0 : shape.Aggregate((Int128)1, (product, d) => product > storage.Count ? product : product * d);
        if (count == 0)
        {
            // Beside a dimension of zero the others count for nothing, but libtorch multiplies them all the same.
            _ = new SafetensorsEntry("", TensorType.F64, [.. shape.Where(d => d > 0)]).ByteCount;
        }

        var last = (Int128)offset;
        for (var d = 0; d < shape.Length; d++)
        {
            last += (Int128)Math.Max(0, shape[d] - 1) * strides[d];
        }

        return count == 0 || (count <= storage.Count && last < storage.Count)
            ? new TorchTensorReference(storage, offset, shape, strides)
            : throw new InvalidDataException("one of its tensors lies outside its storage");
    }

    private static long[] Numbers(PickleTuple tuple) =>
        [.. tuple.Items.Select(item => item as long? ?? throw Broken("a tensor's shape"))];

    private static InvalidDataException Broken(string what) => new($"its pickle describes {what} in an unknown way");
}
