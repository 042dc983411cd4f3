using System.IO.Compression;
using System.Text.Json.Nodes;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Experiments;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.RunReports;
using Autodidact.Runs;
using Autodidact.Search;
using Autodidact.Serialization;
using Autodidact.Views;

namespace Autodidact.Fuzzing;

/// <summary>Every reader of files there is, with files of a small run, its model, an index and pictures.</summary>
internal static class FuzzTargets
{
    private const string Experiment = """
        {
          "name": "small", "seeds": [1, 2], "baseline": "plain", "metrics": ["exits.4.knn", "cluster.nmi"],
          "base": { "preset": "cpu-small", "set": ["cluster.k=10", "data.synthetic_train=300"] },
          "variants": [{ "name": "plain" }, { "name": "slow", "set": ["pretrain.epochs=9", "pretrain.optimizer.learning_rate=0.1"] }]
        }
        """;

    /// <summary>Lays out a folder for each reader.</summary>
    /// <param name="folder">Where to lay them out.</param>
    /// <param name="run">A finished run with an exported model.</param>
    /// <param name="pictures">A folder of pictures, the more formats the better.</param>
    /// <param name="pack">A pack.</param>
    public static IReadOnlyList<FuzzTarget> Make(string folder, string run, string pictures, string pack)
    {
        var layout = new Layout(folder);
        var (model, index) = (Path.Combine(run, "model"), Path.Combine(folder, "index"));
        Directory.CreateDirectory(index);
        Embed(model, pictures, Path.Combine(index, "index.npy"));
        return
        [
            .. Directory.GetFiles(pictures).GroupBy(Path.GetExtension).Select(
                kind => layout.Target($"images{kind.Key}", kind.First(), Path.GetFileName(kind.First()), Decode) with { Weight = 8 }),
            layout.Target("zip", layout.New("pictures.zip", path => ZipFile.CreateFromDirectory(pictures, path)), "pictures.zip", ReadZip),
            layout.Target("encoder", run, "encoder.safetensors", input => NetworkEncoder.Open(input.File, _input).Dispose()),
            layout.Target("student", run, "student.safetensors", ReadStudent),
            layout.Target("clusters", run, "clusters.safetensors", ReadClusters),
            layout.Target(
                "pth", layout.New("encoder.pth", path => WritePth(Path.Combine(run, "encoder.safetensors"), path)), "encoder.pth", ReadPth),
            layout.Target("features", run, "features.npy", ReadMatrix),
            layout.Target("graph", model, "exit-1.onnx", input => FeatureGraph.Open(input.File, null, 1).Dispose()) with { Weight = 2 },
            WithoutDigest(layout.Target(
                "model", model, ["model.json", "stage1.onnx", "stage4.onnx"], input => Ask(input, pictures))) with { Weight = 2 },
            layout.Target("index", index, [.. Directory.GetFiles(index).Select(Path.GetFileName).OfType<string>()], ReadIndex),
            layout.Target("pack", pack, Path.GetFileName(pack), ReadPack),
            layout.Target("run.json", run, "run.json", input => RunDirectory.Open(input.Folder).Record?.RunOptions()),
            layout.Target("summary", run, "summary.json", input => Summary.Load(input.File)),
            layout.Target("metrics", run, "metrics.jsonl", input => MetricsLog.Read(input.File).Count()),
            layout.Target("labels", layout.New("labels.csv", WriteLabels), "labels.csv", input => LabelCsv.Load(input.File)),
            layout.Target(
                "experiment",
                layout.New("small.json", path => File.WriteAllText(path, Experiment)),
                "small.json",
                input => ExperimentPlan.Of(Experiments.Experiment.Load(input.File), [])),
            layout.Target(
                "report",
                run,
                ["run.json", "summary.json", "metrics.jsonl", "clusters.safetensors", "features.npy", "pseudo-labels.csv"],
                input => RunReport.Write(input.Folder, new RunReportOptions { MapPoints = 50, Pictures = 20 })) with { Weight = 1 },
        ];
    }

    private static readonly ModelInput _input = new("resnet10-w8-cifar-pool", 32, PixelNormalization.None);

    /// <summary>With its digest, a manifest with another value would be refused before the value is used.</summary>
    private static FuzzTarget WithoutDigest(FuzzTarget model)
    {
        var path = Path.Combine(model.Folder, ModelManifest.FileName);
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        manifest.Remove("digest");
        File.WriteAllText(path, manifest.ToJsonString());
        return model;
    }

    private static void Decode(FuzzInput input)
    {
        var decoder = new ImageDecoder();
        var bytes = File.ReadAllBytes(input.File);
        decoder.Measure(bytes);
        decoder.Decode(bytes, (input.Number % 3) switch { 0 => 32, 1 => 64, _ => 224 });
    }

    private static void ReadZip(FuzzInput input)
    {
        var decoder = new ImageDecoder();
        foreach (var entry in new ZipSource(input.File).Enumerate())
        {
            if (entry.Content is Images.EncodedImage encoded)
            {
                try
                {
                    decoder.Decode(encoded.Bytes, 32);
                }
                catch (ImageDecodeException)
                {
                    // Skipped, and the next one follows.
                }
            }
        }
    }

    private static void ReadStudent(FuzzInput input)
    {
        new StudentArtefact(input.File).Open(_input).Dispose();
    }

    private static void ReadClusters(FuzzInput input)
    {
        ClusteringArtefact.ReadAssignments(input.File);
        ClusteringArtefact.ReadCentroids(input.File).Dispose();
        var clustering = new ClusteringArtefact(new RunPaths(input.Folder));
        clustering.ReadDistances();
        clustering.ReadMargins();
    }

    private static void ReadPth(FuzzInput input)
    {
        using var file = new TorchFileReader(input.File);
        foreach (var entry in file.Entries)
        {
            file.Read(entry.Name, new byte[entry.ByteCount]);
        }
    }

    private static void ReadMatrix(FuzzInput input)
    {
        NpyFile.ReadMatrix(input.File).Dispose();
        using var mapped = NpyFile.MapMatrix(input.File);
        for (var row = 0; row < mapped.Rows; row++)
        {
            _ = mapped[row];
        }
    }

    private static void Ask(FuzzInput input, string pictures)
    {
        using var model = EarlyExitModel.Load(input.Folder, new ModelOptions { Threads = 1, Verify = true });
        model.Predict(Directory.EnumerateFiles(pictures).Order(StringComparer.Ordinal).First());
    }

    private static void ReadIndex(FuzzInput input)
    {
        using var index = EmbeddingIndex.Open(input["index.npy"]);
        if (index.Count > 0)
        {
            var row = (int)(input.Number % index.Count);
            index.Search(index[row].ToArray(), 5, new SearchOptions { Threads = 1 });
            index.IndexOf(index.Key(row));
        }
    }

    private static void ReadPack(FuzzInput input)
    {
        using var pack = PackedImages.Open(input.File);
        for (var i = 0; i < pack.Count; i++)
        {
            _ = pack.Key(i);
            _ = pack.Pixels(i).Length;
        }
    }

    private static void Embed(string model, string pictures, string path)
    {
        using var network = EarlyExitModel.Load(model, new ModelOptions { Threads = 1 });
        using (var writer = new EmbeddingIndexWriter(path, network, FeatureSource.Deepest))
        {
            foreach (var picture in Directory.GetFiles(pictures).Order(StringComparer.Ordinal))
            {
                writer.Append(picture, network.Embed(picture, FeatureSource.Deepest));
            }

            writer.Complete();
        }

        InvertedFileBuilder.Build(path);
    }

    private static void WritePth(string encoder, string path)
    {
        using var reader = new SafetensorsReader(encoder);
        TorchFileWriter.Write(path, reader.Entries, (entry, stream) =>
        {
            var bytes = new byte[entry.ByteCount];
            reader.Read(entry.Name, bytes);
            stream.Write(bytes);
        });
    }

    private static void WriteLabels(string path) =>
        File.WriteAllLines(path, ["key,label", .. Enumerable.Range(0, 60).Select(i => $"{i:D3}.bmp,{"\"a, b\""}{i % 3}")]);

    /// <summary>Copies the files of each reader into a folder of its own.</summary>
    private sealed class Layout(string root)
    {
        public string New(string name, Action<string> write)
        {
            var path = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "made")).FullName, name);
            write(path);
            return path;
        }

        public FuzzTarget Target(string name, string source, string file, Action<FuzzInput> read) => Target(name, source, [file], read);

        /// <summary>A reader of files in a folder, or of one file.</summary>
        public FuzzTarget Target(string name, string source, IReadOnlyList<string> files, Action<FuzzInput> read)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, "targets", name)).FullName;
            foreach (var file in Directory.Exists(source) ? Directory.GetFiles(source, "*", SearchOption.AllDirectories) : [source])
            {
                var relative = Directory.Exists(source) ? Path.GetRelativePath(source, file) : Path.GetFileName(file);
                var target = Path.Combine(folder, relative);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }

            return new FuzzTarget(name, folder, files, read);
        }
    }
}
