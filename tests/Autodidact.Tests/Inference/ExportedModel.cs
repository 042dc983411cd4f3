using System.Text.Json.Nodes;
using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Tests.Export;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

/// <summary>A small model, exported once as floats and as int8, for tests that break copies of it.</summary>
public sealed class ExportedModel : IDisposable
{
    public const int Side = 16;
    public const int Clusters = 5;
    private const int Count = 12;
    private readonly ScratchFolder _scratch = new();

    public ExportedModel()
    {
        using var network = SmallModel.Network(Clusters);
        var random = new CounterRandom(3);
        Pixels = [.. Enumerable.Range(0, Count * Side * Side * 3).Select(_ => (byte)random.NextUInt32())];
        var source = SmallModel.Source(network, SmallModel.Images(Pixels, Side));
        source = source with
        {
            Manifest = source.Manifest with
            {
                Names = ["a", "b", "c", "d", "e"],
                Exits = [.. source.Manifest.Exits.Select(e => e with { BranchMacs = 1000, Threshold = 1 })],
                TradeOffs = [new TradeOff([1.1, 1.1, 1.1, 0], 1, 9_000_000)],
            },
        };
        ModelExporter.Export(source, _scratch["model"], draft =>
        {
            var int8 = Path.Combine(draft, Int8Model.Folder);
            Int8Model.Write(source, draft, int8, [0, 3, 5, 11], CancellationToken.None);
            (source.Manifest with { Precision = "int8" }).Save(int8);
        });
    }

    /// <summary>Pictures the model takes.</summary>
    public byte[] Pixels { get; }

    /// <summary>Folder of the float model. Copies are made of it, it is not changed.</summary>
    public string Folder => _scratch["model"];

    /// <summary>Folder of the 8-bit model.</summary>
    public string Int8Folder => Path.Combine(Folder, Int8Model.Folder);

    /// <summary>A folder with a copy of the model, made anew at each call.</summary>
    /// <param name="digests">False leaves out all digests, so that a changed graph comes as far as its own checks.</param>
    public string Copy(bool digests = true)
    {
        var copy = _scratch["copy"];
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Folder))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        if (!digests)
        {
            var manifest = Manifest();
            manifest.Remove("sha256");
            File.WriteAllText(Path.Combine(copy, ModelManifest.FileName), manifest.ToJsonString());
        }

        return copy;
    }

    /// <summary>The manifest, to be changed.</summary>
    /// <param name="digest">False leaves out its own digest, so that a change comes as far as the readers of the values.</param>
    public JsonObject Manifest(bool digest = false)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, ModelManifest.FileName)))!.AsObject();
        if (!digest) Assert.True(manifest.Remove("digest"));
        return manifest;
    }

    /// <summary>Loads a model and asks it all it can be asked.</summary>
    public IReadOnlyList<Prediction> Ask(string folder, CancellationToken cancellationToken)
    {
        using var model = EarlyExitModel.Load(folder);
        var atFirst = model.PredictPixels(Pixels, ExitPolicy.Fixed(1), cancellationToken);
        var early = model.PredictPixels(Pixels, null, cancellationToken);
        using var features = model.EmbedPixels(Pixels, 1, cancellationToken);
        return [.. early, .. atFirst];
    }

    public void Dispose() => _scratch.Dispose();
}
