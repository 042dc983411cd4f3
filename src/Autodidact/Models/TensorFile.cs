using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Autodidact.Numerics;
using Autodidact.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Named tensors in a safetensors file. The metadata carries a SHA-256 of all data, so a file torn by a crash is recognised even where its
/// length is right.
/// </summary>
internal static class TensorFile
{
    private static readonly (ScalarType Scalar, TensorType Stored)[] Types =
    [
        (ScalarType.Float32, TensorType.F32),
        (ScalarType.Float64, TensorType.F64),
        (ScalarType.Float16, TensorType.F16),
        (ScalarType.BFloat16, TensorType.BF16),
        (ScalarType.Int64, TensorType.I64),
        (ScalarType.Int32, TensorType.I32),
        (ScalarType.Int16, TensorType.I16),
        (ScalarType.Int8, TensorType.I8),
        (ScalarType.Byte, TensorType.U8),
        (ScalarType.Bool, TensorType.BOOL),
    ];

    /// <summary>Writes tensors, atomically. Values are stored contiguous in NCHW order whatever their strides.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="metadata">Free text by name.</param>
    /// <param name="metadataDigest">Whether the metadata get a digest too, so that a reader can believe what they say.</param>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, Tensor> tensors,
        IReadOnlyDictionary<string, string> metadata,
        bool metadataDigest = false)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var names = tensors.Keys.Order(StringComparer.Ordinal).ToArray();
        var data = names.ToDictionary(n => n, n => tensors[n].detach().cpu().contiguous(), StringComparer.Ordinal);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names)
        {
            digest.AppendData(Bytes(data[name]));
        }

        var all = new Dictionary<string, string>(metadata)
        {
            [SafetensorsDigest.DataKey] = Convert.ToHexStringLower(digest.GetHashAndReset()),
        };
        if (metadataDigest) all[SafetensorsDigest.MetadataKey] = SafetensorsDigest.OfMetadata(all);
        SafetensorsWriter.Write(
            path,
            [.. names.Select(n => new SafetensorsEntry(n, TypeOf(data[n].dtype), data[n].shape))],
            all,
            (entry, stream) => stream.Write(Bytes(data[entry.Name])));
    }

    /// <summary>Writes tensors as a PyTorch checkpoint, atomically.</summary>
    internal static void WriteTorch(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGrad = no_grad();
        TorchFileWriter.Write(
            path,
            [.. tensors.Select(t => new SafetensorsEntry(t.Key, TypeOf(t.Value.dtype), t.Value.shape))],
            (entry, stream) =>
            {
                using var scope = NewDisposeScope();
                stream.Write(Bytes(tensors[entry.Name].detach().cpu().contiguous()));
            });
    }

    /// <summary>Text that came with a file.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var reader = new SafetensorsReader(path);
        SafetensorsDigest.RequireMetadata(path, reader.Metadata);
        return reader.Metadata;
    }

    /// <summary>Reads a file into existing tensors, in place, strides kept. Nothing is changed unless everything fits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Where each tensor of the file belongs.</param>
    /// <param name="ignore">Names in the file that may be left unread.</param>
    /// <param name="optional">Names that the file may lack; their tensors stay as they are.</param>
    /// <returns>The file's metadata.</returns>
    /// <exception cref="AutodidactException">The file is torn, or its tensors are not those asked for; kind Data.</exception>
    public static IReadOnlyDictionary<string, string> ReadInto(
        string path,
        IReadOnlyDictionary<string, Tensor> tensors,
        Func<string, bool>? ignore = null,
        Func<string, bool>? optional = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var reader = new SafetensorsReader(path);
        Check(path, reader, tensors, ignore, optional);
        var values = ReadAll(path, reader);
        foreach (var (name, tensor) in tensors)
        {
            if (values.TryGetValue(name, out var value))
            {
                tensor.copy_(value);
            }
        }

        return reader.Metadata;
    }

    /// <summary>Reads one tensor; it belongs to the caller's dispose scope.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name.</param>
    public static Tensor Read(string path, string name)
    {
        using var scope = NewDisposeScope();
        using var reader = new SafetensorsReader(path);
        var values = ReadAll(path, reader);
        return values.TryGetValue(name, out var value)
            ? value.MoveToOuterDisposeScope()
            : throw new AutodidactException(FailureKind.Data, $"{path}: it has no tensor '{name}': write it again or choose another");
    }

    /// <summary>Reads a float32 matrix.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Name of a tensor of two dimensions.</param>
    public static FeatureMatrix ReadMatrix(string path, string name)
    {
        using var scope = NewDisposeScope();
        using var value = Read(path, name);
        if (value.dim() != 2 || value.dtype != ScalarType.Float32
            || value.shape[0] > int.MaxValue || value.shape[1] is < 1 or > int.MaxValue)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{path}: '{name}' is {value.dtype} of {value.dim()} dimensions, expected a float32 matrix: "
                    + "write it again or choose another");
        }

        var matrix = new FeatureMatrix((int)value.shape[0], (int)value.shape[1]);
        value.data<float>().CopyTo(matrix.Block(0, matrix.Rows));
        return matrix;
    }

    /// <summary>Reads one tensor of an open file as float32 (integers stay); it belongs to the caller's dispose scope.</summary>
    internal static Tensor Read(ITensorReader reader, SafetensorsEntry entry)
    {
        var value = empty([.. entry.Shape], DtypeOf(entry), CPU);
        reader.Read(entry.Name, Bytes(value));
        return value.is_floating_point() ? value.to(ScalarType.Float32) : value;
    }

    private static void Check(
        string path,
        SafetensorsReader reader,
        IReadOnlyDictionary<string, Tensor> tensors,
        Func<string, bool>? ignore,
        Func<string, bool>? optional)
    {
        foreach (var (name, tensor) in tensors)
        {
            var entry = reader.Find(name);
            if (entry is null && optional?.Invoke(name) == true)
            {
                continue;
            }

            _ = entry
                ?? throw new AutodidactException(FailureKind.Data, $"{path}: tensor '{name}' is missing: is it of another architecture?");
            if (!entry.Shape.SequenceEqual(tensor.shape) || entry.Type != TypeOf(tensor.dtype))
            {
                throw new AutodidactException(
                    FailureKind.Data,
                    $"{path}: tensor '{name}' is {entry.Type} ({string.Join(", ", entry.Shape)}), "
                        + $"expected {TypeOf(tensor.dtype)} ({string.Join(", ", tensor.shape)}): is it of another architecture?");
            }
        }

        var foreign = reader.Entries.FirstOrDefault(e => !tensors.ContainsKey(e.Name) && ignore?.Invoke(e.Name) != true);
        if (foreign is not null)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: tensor '{foreign.Name}' belongs to nothing here: is it of another architecture?");
        }
    }

    private static Dictionary<string, Tensor> ReadAll(string path, SafetensorsReader reader)
    {
        SafetensorsDigest.RequireMetadata(path, reader.Metadata);
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in reader.Entries)
        {
            var value = empty([.. entry.Shape], DtypeOf(entry), CPU);
            reader.Read(entry.Name, Bytes(value));
            digest.AppendData(Bytes(value));
            values.Add(entry.Name, value);
        }

        SafetensorsDigest.RequireData(path, reader.Metadata, digest);
        return values;
    }

    private static Span<byte> Bytes(Tensor contiguous) => contiguous.bytes;

    private static TensorType TypeOf(ScalarType type) =>
        Types.FirstOrDefault(t => t.Scalar == type) is { Scalar: var scalar, Stored: var stored } && scalar == type
        ? stored
        : throw new NotSupportedException($"tensors of {type} cannot be stored");

    private static ScalarType DtypeOf(SafetensorsEntry entry) => Types.First(t => t.Stored == entry.Type).Scalar;
}
