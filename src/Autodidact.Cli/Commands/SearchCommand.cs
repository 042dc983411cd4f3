using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Autodidact.Cli.Rendering;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Tables;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact search MODEL INDEX IMAGE...</c>: the images of an index most like given ones.</summary>
internal static class SearchCommand
{
    private const int DefaultCount = 10;

    /// <summary>Queries searched together.</summary>
    private const int Together = 64;

    public static Command Create(CliHost host)
    {
        var command = new Command("search", "Find the images of an index that are most like given ones, by the cosine of their features.");
        var arguments = new ModelArguments(imagesNeeded: false);
        var indexPath = new Argument<string?>("INDEX")
        {
            Description = ".npy file that 'autodidact embed' made with this model",
            Arity = ArgumentArity.ExactlyOne,
        };
        arguments.AddTo(command, indexPath);
        var keys = new Option<string[]>("--key")
        {
            Description = "search for an image of the index by its key, the path that 'autodidact embed' was given; may be repeated",
            HelpName = "KEY",
            DefaultValueFactory = _ => [],
        };
        var count = new Option<int>("--count")
        {
            Description = "hits for each image",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultCount,
        };
        var probes = new Option<int?>("--probes")
        {
            Description = "lists of the inverted file to look into: more finds more and takes longer",
            HelpName = "N",
        };
        var exact = new Option<bool>("--exact") { Description = "compare with every image, also where there is an inverted file" };
        var exit = new Option<string?>("--exit")
        {
            Description = "exit that made the index, or encoder; needed only where the index does not say",
            HelpName = "N|encoder",
        };
        var format = ListFormatOption.Create();
        foreach (var option in new Option[] { keys, count, probes, exact, exit, format }) command.Add(option);
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(count);
            if (wanted < 1) throw Usage($"--count {wanted}: expected 1 or more");
            if (parsed.GetValue(probes) is < 1) throw Usage($"--probes {parsed.GetValue(probes)}: expected 1 or more");
            if (parsed.GetValue(exact) && parsed.GetValue(probes) is not null)
                throw Usage("--exact and --probes exclude each other: choose one");
            if (parsed.GetValue(keys) is [] && parsed.GetValue(arguments.Images) is [] or null)
                throw Usage("nothing to search for: name an image, or --key KEY");
            var images = arguments.Named(host, parsed);
            using var model = arguments.Load(host, parsed);
            using var index = EmbeddingIndex.Open(parsed.GetValue(indexPath)!);
            if (!index.IsChecked) host.Error.WriteLine(Unchecked(index.Path));
            var source = index.SourceOf(model, parsed.GetValue(exit) is { } named ? FeatureSource.Parse(named) : null);
            var options = parsed.GetValue(exact) ? SearchOptions.Exact : new SearchOptions { Probes = parsed.GetValue(probes) ?? 0 };
            options = options with { Threads = arguments.Threads(parsed) };
            using var interruption = new Interruption(host.HandlesSignals, host.Error.WriteLine, "stopping");
            var queries = Queries(model, source, index, parsed.GetValue(keys)!, images, interruption.Token);
            try
            {
                return Run(host, index, queries, images, wanted, options, parsed.GetValue(format)).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                host.Error.WriteLine("autodidact: interrupted; every answer that is shown is whole, and others are missing");
                return ExitStatus.Interrupted;
            }
        });
        return ExamplesHelp.With(
            command,
            "autodidact search runs/mine pictures.npy cat.jpg --count 5",
            "autodidact search runs/mine pictures.npy --key pictures/cat.jpg --format csv",
            "autodidact search runs/mine pictures.npy new/ --format json");
    }

    /// <summary>Says that nothing tells whether an index is what was written.</summary>
    /// <param name="path">The matrix.</param>
    public static string Unchecked(string path) =>
        $"{path}: not checked, for its {Path.GetFileName(EmbeddingIndex.FilesOf(path)[2])} is missing or holds no digests: "
        + "embed the images again to record them";

    private static async IAsyncEnumerable<FileEmbedding> Queries(
        EarlyExitModel model,
        FeatureSource source,
        EmbeddingIndex index,
        string[] keys,
        NamedImages images,
        [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var key in keys)
        {
            yield return new FileEmbedding(key, index[index.RowOf(key)].ToArray(), null);
        }

        var files = images.Files(stop);
        await foreach (var embedding in model.EmbedNamedAsync(files, source, cancellationToken: stop)) yield return embedding;
    }

    /// <summary>Prints the hits of every query.</summary>
    private static async Task<int> Run(
        CliHost host,
        EmbeddingIndex index,
        IAsyncEnumerable<FileEmbedding> queries,
        NamedImages images,
        int count,
        SearchOptions options,
        ListFormat format)
    {
        if (format is ListFormat.Csv or ListFormat.Spreadsheet) host.WriteLine("query,rank,similarity,row,key,problem");
        var unread = 0;
        await foreach (var batch in queries.Chunk(Together))
        {
            var features = batch.Select(q => q.Feature).OfType<float[]>().ToArray();
            var hits = new Queue<IReadOnlyList<SearchHit>>(Search(index, features, count, options));
            foreach (var query in batch)
            {
                foreach (var line in Lines(query, query.Feature is null ? [] : hits.Dequeue(), format)) host.WriteLine(line, format);
                if (query.Problem is null) continue;
                unread++;
                images.TellUnread(query.Path, query.Problem);
            }
        }

        return images.Status(unread);
    }

    private static IReadOnlyList<IReadOnlyList<SearchHit>> Search(
        EmbeddingIndex index, float[][] features, int count, SearchOptions options)
    {
        using var queries = new FeatureMatrix(features.Length, index.Columns);
        for (var i = 0; i < features.Length; i++) features[i].CopyTo(queries[i]);
        return index.SearchBatch(queries, count, options);
    }

    private static IEnumerable<string> Lines(FileEmbedding query, IReadOnlyList<SearchHit> hits, ListFormat format)
    {
        if (format == ListFormat.Json)
            return [JsonLine.Of(new { query = query.Path, hits = query.Feature is null ? null : hits, problem = query.Problem })];
        if (format == ListFormat.Table && query.Problem is not null) return [$"{query.Path}: {query.Problem}"];
        if (format == ListFormat.Table)
        {
            var lines = hits.Select((hit, i) => FormattableString.Invariant($"{i + 1,6}  {hit.Similarity,7:0.0000}  {hit.Key}"));
            return [query.Path, .. lines];
        }

        if (query.Problem is not null) return [Record(query.Path, "", "", "", "", query.Problem)];
        return hits.Select((hit, i) => Record(query.Path, Invariant(i + 1), Invariant(hit.Similarity), Invariant(hit.Row), hit.Key, ""));

        string Record(params string[] fields) => format == ListFormat.Csv ? CsvFormat.Line(fields) : CsvFormat.SpreadsheetLine(fields);
    }

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static AutodidactException Usage(string message) => new(FailureKind.Usage, message);
}
