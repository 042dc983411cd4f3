using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Search;
using Autodidact.Serialization;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact embed MODEL IMAGE... --out FILE</c>: features of images, to search or to use elsewhere.</summary>
internal static class EmbedCommand
{
    private const int DefaultBatch = 64;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    private enum InvertedFiles
    {
        Auto,
        Always,
        Never,
    }

    public static Command Create(CliHost host)
    {
        var command = new Command(
            "embed", "Write images' features into a file: an index to search (.npy), a table for other programs (.parquet, .csv).");
        var arguments = new ModelArguments();
        arguments.AddTo(command);
        var path = new Option<string>("--out")
        {
            Description = "file to write: NAME.npy (with NAME.keys.csv beside it), NAME.parquet or NAME.csv",
            HelpName = "FILE",
            Required = true,
        };
        var exit = new Option<string?>("--exit")
        {
            Description = "exit whose features are wanted, or encoder; the deepest if left out",
            HelpName = "N|encoder",
        };
        var batch = new Option<int>("--batch")
        {
            Description = "images that go through the network at once",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultBatch,
        };
        var index = new Option<InvertedFiles>("--index")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"whether to build an inverted file: "
                + $"auto (default: above {InvertedFileBuilder.WorthwhileRows:N0} images), always or never"),
            HelpName = "WHEN",
        };
        var force = new Option<bool>("--force") { Description = "write over a file that exists" };
        foreach (var option in new Option[] { path, exit, batch, index, force }) command.Add(option);
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(path)!;
            Check(target, parsed.GetValue(force), parsed.GetValue(batch), parsed.GetValue(index));
            var source = parsed.GetValue(exit) is { } named ? FeatureSource.Parse(named) : FeatureSource.Deepest;
            var images = arguments.Named(host, parsed);
            using var model = arguments.Load(host, parsed, parsed.GetValue(batch));
            return Run(host, model, source, images, parsed.GetValue(batch), target, parsed.GetValue(index)).GetAwaiter().GetResult();
        });
        return ExamplesHelp.With(
            command,
            "autodidact embed runs/mine pictures/ --out pictures.npy",
            "autodidact embed runs/mine pictures/ --out pictures.parquet --exit 2",
            "find . -name '*.jpg' | autodidact embed runs/mine - --out all.npy --index always");
    }

    private static void Check(string target, bool force, int batch, InvertedFiles index)
    {
        if (batch < 1) throw Usage($"--batch {batch}: expected 1 or more");
        var isIndex = IsIndex(target);
        if (!isIndex && Extension(target) is not ".parquet" and not ".csv")
        {
            throw Usage($"--out {target}: expected a name that ends in .npy, .parquet or .csv");
        }

        if (!isIndex && index == InvertedFiles.Always)
        {
            throw Usage($"--index always: only a .npy file has an inverted file beside it, not {target}");
        }

        // A journal is an index whose files have not got their names yet.
        var existing = (isIndex ? [.. EmbeddingIndex.FilesOf(target), IndexFiles.Set(target).Journal] : (string[])[target])
            .FirstOrDefault(Path.Exists);
        if (Directory.Exists(existing))
        {
            throw Usage($"{existing} is a folder: choose another name");
        }

        if (existing is not null && !force)
        {
            throw Usage($"{existing} exists: choose another name, or add --force to write over it");
        }
    }

    private static async Task<int> Run(
        CliHost host, EarlyExitModel model, FeatureSource source, NamedImages images, int batch, string target, InvertedFiles index)
    {
        using var interruption = new Interruption(host.HandlesSignals, host.Error.WriteLine, "stopping");
        using var writer = Writer(model, source, target);
        var completed = false;
        try
        {
            var clock = Stopwatch.StartNew();
            var unread = await Write(host, writer, model, source, images.Files(interruption.Token), batch, interruption.Token);
            if (writer.Count == 0) throw new AutodidactException(FailureKind.Data, $"no image could be read: {target} was not written");
            var seconds = clock.Elapsed.TotalSeconds;
            var worthwhile = index == InvertedFiles.Auto && writer.Count > InvertedFileBuilder.WorthwhileRows;
            var inverts = writer is EmbeddingIndexWriter && (index == InvertedFiles.Always || worthwhile);
            if (inverts)
            {
                ((EmbeddingIndexWriter)writer).Complete(
                    (matrix, place) => InvertedFileBuilder.Build(matrix, place, null, new Told(host), interruption.Token));
            }
            else
            {
                writer.Complete();
            }

            completed = true;
            var (pictures, values) = (Plural.Of(writer.Count, "image"), Plural.Of(model.FeatureSizeOf(source), "value"));
            var result = FormattableString.Invariant($"{target}: {pictures}, {values} each ({Name(model, source)}), {seconds:0.0} s");
            CliHost.Print($"{target} is whole", () =>
            {
                host.WriteLine(result);
                if (inverts) host.WriteLine($"{EmbeddingIndex.InvertedFilePath(target)}: inverted file");
            });
            return images.Status(unread);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            host.Error.WriteLine(
                $"autodidact: interrupted; {target} {(IsWhole(writer) ? "is whole, but has no inverted file" : "was not written")}");
            return ExitStatus.Interrupted;
        }
        catch (AutodidactException) when (!completed && IsWhole(writer))
        {
            host.Error.WriteLine($"{target} is whole, but has no inverted file");
            throw;
        }
    }

    private static bool IsWhole(IEmbeddingWriter writer) => writer is EmbeddingIndexWriter { IsCompleted: true };

    /// <summary>Gives features to a writer; the number of files that could not be read.</summary>
    private static async Task<int> Write(
        CliHost host,
        IEmbeddingWriter writer,
        EarlyExitModel model,
        FeatureSource source,
        IEnumerable<NamedFile> files,
        int batch,
        CancellationToken cancellationToken)
    {
        var unread = 0;
        var clock = Stopwatch.StartNew();
        var told = TimeSpan.Zero;
        await foreach (var embedding in model.EmbedNamedAsync(files, source, batch, cancellationToken))
        {
            if (embedding.Feature is null)
            {
                unread++;
                host.Error.WriteLine($"{embedding.Path}: {embedding.Problem}");
                continue;
            }

            writer.Append(embedding.Path, embedding.Feature);
            if (clock.Elapsed - told < ProgressEvery) continue;
            told = clock.Elapsed;
            host.Error.WriteLine(
                FormattableString.Invariant($"{Plural.Of(writer.Count, "image")} ({writer.Count / told.TotalSeconds:N0}/s)"));
        }

        return unread;
    }

    private static string Name(EarlyExitModel model, FeatureSource source) =>
        source.IsEncoder ? "encoder" : FormattableString.Invariant($"exit {(source.Exit == 0 ? model.Manifest.Exits.Count : source.Exit)}");

    private static IEmbeddingWriter Writer(EarlyExitModel model, FeatureSource source, string target) => Extension(target) switch
    {
        ".parquet" => new ParquetEmbeddingWriter(target, model.FeatureSizeOf(source)),
        ".csv" => new CsvEmbeddingWriter(target, model.FeatureSizeOf(source)),
        _ => new EmbeddingIndexWriter(target, model, source),
    };

    private static bool IsIndex(string target) => Extension(target) == ".npy";

    private static string Extension(string target) => Path.GetExtension(target).ToLowerInvariant();

    private static AutodidactException Usage(string message) => new(FailureKind.Usage, message);

    private sealed class Told(CliHost host) : IProgress<InvertedFileProgress>
    {
        public void Report(InvertedFileProgress value) => host.Error.WriteLine(value.Assigned == 0
            ? $"inverted file: iteration {value.Iterations} of k-means"
            : FormattableString.Invariant($"inverted file: {value.Assigned:N0} of {value.Rows:N0} rows"));
    }
}
