using Autodidact.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The encoder in a file, as the file describes it.</summary>
/// <param name="Architecture">Its architecture.</param>
/// <param name="Certain">
/// True where the file names it; false where it was worked out from names and shapes, which do not tell <c>cifar</c> from
/// <c>cifar-pool</c>.
/// </param>
/// <param name="Metadata">Free text by name.</param>
internal sealed record EncoderDescription(Architecture Architecture, bool Certain, IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// Encoders in files: this program's own, and ResNets of other programs as safetensors or PyTorch checkpoints (<c>.pth</c>, <c>.pt</c>,
/// <c>.tar</c>), found by
/// <see cref="StateDictKeys"/>. Half and double precision become single.
/// </summary>
internal static class EncoderFile
{
    /// <summary>Name under which this program writes an encoder's architecture into its files.</summary>
    public const string ArchitectureKey = "architecture";

    /// <summary>The kind of encoder in a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It is broken, or holds no ResNet that can be built; kind Data.</exception>
    public static EncoderDescription Describe(string path)
    {
        using var reader = Open(path);
        if (reader.Metadata.TryGetValue(ArchitectureKey, out var name))
        {
            var named = Named(path, name);
            Check(path, reader, named, key => key);
            return new EncoderDescription(named, true, reader.Metadata);
        }

        var keys = Keys(path, reader);
        var inferred = Infer(path, reader, keys);
        Check(path, reader, inferred, keys.GetValueOrDefault);
        return new EncoderDescription(inferred, false, reader.Metadata);
    }

    /// <summary>Reads an encoder's weights in place.</summary>
    /// <param name="encoder">The encoder, of the file's architecture.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">
    /// The file does not fit; kind Data, naming the first difference. Nothing is changed then.
    /// </exception>
    public static void Load(Backbone encoder, string path)
    {
        using var reader = Open(path);
        if (reader.Metadata.ContainsKey(ArchitectureKey))
        {
            ModuleStore.Load(encoder, path);
            return;
        }

        var keys = Keys(path, reader);
        var state = encoder.NamedState();
        foreach (var (name, tensor) in state)
        {
            var entry = keys.TryGetValue(name, out var foreign) ? reader.Find(foreign)! : null;
            if (entry is null && !IsCounter(name))
            {
                throw Unfit(path, $"tensor '{name}' is missing");
            }

            if (entry is not null && !entry.Shape.SequenceEqual(tensor.shape))
            {
                throw Unfit(
                    path, $"tensor '{foreign}' is ({string.Join(", ", entry.Shape)}), expected ({string.Join(", ", tensor.shape)})");
            }
        }

        if (keys.Keys.FirstOrDefault(name => !state.ContainsKey(name)) is { } extra)
        {
            throw Unfit(path, $"tensor '{keys[extra]}' belongs to nothing in it");
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var values = keys.ToDictionary(k => k.Key, k => TensorFile.Read(reader, reader.Find(k.Value)!));
        foreach (var (name, value) in values)
        {
            state[name].copy_(value);
        }
    }

    /// <summary>
    /// Holds the tensors of a file against those of an architecture that it names, before a network of it is made: a file of a few bytes
    /// can name one that takes gigabytes.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="reader">The open file.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="nameOf">Name in the file of a tensor by torchvision's name; null where it has none.</param>
    /// <exception cref="AutodidactException">A tensor is missing or of another shape; kind Data.</exception>
    internal static void Check(string path, ITensorReader reader, Architecture architecture, Func<string, string?> nameOf)
    {
        var bytes = 0L;
        foreach (var (name, shape) in ResNetLayout.Of(architecture.ResNet))
        {
            var entry = nameOf(name) is { } own ? reader.Find(own) : null;
            if (entry is null && IsCounter(name)) continue;
            if (entry is null) throw Unfit(path, $"tensor '{nameOf(name) ?? name}' is missing for a {architecture}");
            if (!entry.Shape.SequenceEqual(shape))
            {
                var (given, expected) = (string.Join(", ", entry.Shape), string.Join(", ", shape));
                throw Unfit(path, $"tensor '{entry.Name}' is ({given}), expected ({expected}) for a {architecture}");
            }

            bytes += entry.ByteCount;
        }

        // Tensors of a checkpoint may be views of the same numbers.
        if (bytes > new FileInfo(path).Length) throw Unfit(path, $"it is smaller than the weights of a {architecture}");
    }

    /// <summary>The architecture that the metadata of a file name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of the name; kind Data.</exception>
    internal static Architecture Named(string path, string name)
    {
        try
        {
            return Architecture.Parse(name);
        }
        catch (AutodidactException e)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: in its metadata, {OneLine.From(e.Message)}", e);
        }
    }

    private static ITensorReader Open(string path) =>
        TorchFileReader.Recognizes(path) ? new TorchFileReader(path) : new SafetensorsReader(path);

    private static IReadOnlyDictionary<string, string> Keys(string path, ITensorReader reader) =>
        StateDictKeys.ToTorchvision([.. reader.Entries.Select(e => e.Name)]) is { Count: > 0 } keys
            ? keys
            : throw new AutodidactException(
                FailureKind.Data,
                $"{path}: it holds no ResNet by torchvision's names: "
                    + "ResNet-10, 18, 34, 50 and 101 can be read, give one of them or leave --encoder out");

    /// <summary>Depth from the blocks, width from the first stage, stem from the first convolution.</summary>
    private static Architecture Infer(string path, ITensorReader reader, IReadOnlyDictionary<string, string> keys)
    {
        var bottleneck = keys.ContainsKey("layer1.0.conv3.weight");
        var convolutions = keys.Keys.Where(k => k.EndsWith(".conv1.weight", StringComparison.Ordinal)).ToList();
        int[] blocks =
            [.. Enumerable.Range(1, 4).Select(stage => convolutions.Count(k => k.StartsWith($"layer{stage}.", StringComparison.Ordinal)))];
        var depth = ResNetOptions.Blocks.FirstOrDefault(
            b => b.Value.SequenceEqual(blocks) && bottleneck == b.Key >= ResNetOptions.FirstBottleneck).Key;
        var first = reader.Find(keys["conv1.weight"])!.Shape;
        var width = keys.TryGetValue("layer1.0.conv1.weight", out var inner) ? reader.Find(inner)!.Shape.FirstOrDefault() : 0;
        Stem? stem = first switch
        {
            [_, 3, 7, 7] => Stem.ImageNet,
            [_, 3, 4, 4] => Stem.CifarStride,
            [_, 3, 3, 3] => Stem.Cifar,
            _ => null,
        };
        var fits = depth > 0 && width is >= ResNetOptions.SmallestWidth and <= ResNetOptions.LargestWidth && first[0] == width;
        return fits && stem is { } known
            ? new Architecture(new ResNetOptions { Depth = depth, Width = (int)width, Stem = known })
            : throw new AutodidactException(
                FailureKind.Data,
                $"{path}: its ResNet has {string.Join(", ", blocks)} {(bottleneck ? "bottleneck" : "basic")} blocks of {width} channels "
                    + $"after a first convolution ({string.Join(", ", first)}): "
                    + "ResNet-10, 18, 34, 50 and 101 with a first convolution of 7x7, 4x4 or 3x3 can be read");
    }

    private static bool IsCounter(string name) => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal);

    private static AutodidactException Unfit(string path, string what) =>
        new(FailureKind.Data, $"{path}: {what}: is it of another architecture? Name it with --encoder-arch, or choose another file");
}
