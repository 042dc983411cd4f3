using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Inference;

/// <summary>
/// Embeddings on disk that can be searched by cosine similarity: a matrix <c>F.npy</c> (float32, [rows, columns]), its keys
/// <c>F.keys.csv</c> (<c>row,key</c>), and, where there are any, <c>F.index.json</c> (which model made it) and <c>F.ivf</c> (an inverted
/// file, for large ones). The matrix is mapped into memory, not read. Thread-safe; <see cref="Dispose"/> waits for the calls that are
/// running.
/// </summary>
public sealed class EmbeddingIndex : IDisposable
{
    /// <summary>Bytes of rows that one piece of work takes through the queries: they stay in the second-level cache.</summary>
    private const int PieceBytes = 512 << 10;

    /// <summary>Bytes of queries that go over a piece together: they stay in the first-level cache.</summary>
    private const int QueryBytes = 16 << 10;

    /// <summary>Keys that a message names in place of one that is not there.</summary>
    private const int NearKeys = 3;

    private readonly CallGate _gate;
    private readonly MappedMatrix _matrix;
    private readonly KeyTable _keys;
    private EarlyExitModel? _checked;

    private EmbeddingIndex(string path, MappedMatrix matrix, KeyTable keys, IndexManifest? manifest, InvertedFile? invertedFile)
    {
        Path = path;
        _gate = new CallGate(this);
        _matrix = matrix;
        _keys = keys;
        Manifest = manifest?.Source is null ? null : manifest;
        InvertedFile = invertedFile;
        IsChecked = manifest?.Parts is not null;
    }

    /// <summary>The matrix's file.</summary>
    public string Path { get; }

    /// <summary>Number of embeddings.</summary>
    public int Count => _matrix.Rows;

    /// <summary>Size of an embedding.</summary>
    public int Columns => _matrix.Columns;

    /// <summary>Where the embeddings came from; null where nothing beside the matrix says so.</summary>
    internal IndexManifest? Manifest { get; }

    /// <summary>Whether a digest of every file is known, so that what is read is checked.</summary>
    internal bool IsChecked { get; }

    /// <summary>The inverted file; null where there is none, and every row is searched.</summary>
    internal InvertedFile? InvertedFile { get; }

    /// <summary>An embedding as it was stored, not normalised. It must not be used once the index is disposed.</summary>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            using var call = _gate.Enter();
            return _matrix[row];
        }
    }

    /// <summary>Where the inverted file of an index lies: beside its matrix.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>.</param>
    public static string InvertedFilePath(string path) => IndexFiles.InvertedFile(path);

    /// <summary>All files an index may consist of, whether they are there or not: the matrix, keys, manifest, inverted file.</summary>
    /// <param name="path">The matrix, <c>F.npy</c>.</param>
    public static IReadOnlyList<string> FilesOf(string path) => IndexFiles.All(path);

    /// <summary>
    /// Opens an index. Its keys are checked against their digests at once; features and inverted file where they are first read.
    /// </summary>
    /// <param name="path">
    /// The matrix, <c>F.npy</c>, with <c>F.keys.csv</c> beside it. None of the files may become shorter while the index is open.
    /// </param>
    /// <exception cref="AutodidactException">One of the files is missing, damaged, or does not fit the others; kind Data.</exception>
    public static EmbeddingIndex Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IndexFiles.Set(path).Read(place => Open(path, place));
    }

    private static EmbeddingIndex Open(string path, Func<string, string?> place)
    {
        var manifest = place(IndexFiles.Manifest(path)) is { } about ? IndexManifest.Load(about) : null;
        var parts = manifest?.Parts;
        var matrix = NpyFile.MapMatrix(place(path) ?? path, parts?.Matrix.Digests, IndexManifest.Remedy);
        KeyTable? keys = null;
        try
        {
            var names = IndexFiles.Keys(path);
            keys = KeyTable.Open(place(names) ?? names, matrix.Rows, parts?.Keys.Digests);
            var inverted = place(IndexFiles.InvertedFile(path)) is { } lists ? Lists(lists, matrix, parts) : null;
            return new EmbeddingIndex(path, matrix, keys, manifest, inverted);
        }
        catch
        {
            keys?.Dispose();
            matrix.Dispose();
            throw;
        }
    }

    private static InvertedFile Lists(string path, MappedMatrix matrix, IndexParts? parts) => parts is { InvertedFile: null }
        ? throw new AutodidactException(
            FailureKind.Data, $"{path}: not the inverted file of this index, which was written without one: delete it, or build it again")
        : InvertedFile.Load(path, matrix, parts?.InvertedFile?.Digests);

    /// <summary>The key of a row: the path or name of its image.</summary>
    /// <param name="row">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="AutodidactException">The file of keys is damaged; kind Data.</exception>
    public string Key(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        using var call = _gate.Enter();
        return _keys[row];
    }

    /// <summary>The first row of a key, or -1. The first call sorts the keys.</summary>
    /// <param name="key">
    /// The key, spelled as the index spells it or so that it means the same path: <c>./a/1.jpg</c> and <c>a\1.jpg</c> find <c>a/1.jpg</c>.
    /// </param>
    public int IndexOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        using var call = _gate.Enter();
        return _keys.IndexOf(key);
    }

    /// <summary>
    /// The row of a key that a user names: the key itself, or the same path made absolute or relative to the current folder.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <exception cref="AutodidactException">The index has no such key; the message names near ones. Kind Data.</exception>
    internal int RowOf(string key)
    {
        using var call = _gate.Enter();
        foreach (var spelling in KeySpelling.Of(key))
        {
            if (_keys.IndexOf(spelling) is >= 0 and var row)
            {
                return row;
            }
        }

        var near = _keys.Near(key, NearKeys);
        var hint = near.Count > 0 ? $"near it are {string.Join(", ", near.Select(Quoted))}"
            : Count > 0 ? $"its keys look like {Quoted(_keys[0])}"
            : "it is empty";
        throw new AutodidactException(
            FailureKind.Data, $"{Path} holds no image with the key {Quoted(key)}: {hint}; {IndexFiles.Keys(Path)} lists them");

        static string Quoted(string text) => $"'{OneLine.From(text)}'";
    }

    /// <summary>Which of a model's features the index holds; refuses a model that did not make it. A model is looked at once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">Whose features they are, where the index does not say so itself; the deepest exit's if left out.</param>
    /// <exception cref="AutodidactException">The index is of another model, exit or size; kind Usage.</exception>
    public FeatureSource SourceOf(EarlyExitModel model, FeatureSource? source = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (Manifest is null)
        {
            var assumed = source ?? FeatureSource.Deepest;
            return model.FeatureSizeOf(assumed) == Columns
                ? assumed
                : throw Refused($"its rows have {Columns} values, the model's features ({assumed}) {model.FeatureSizeOf(assumed)}");
        }

        var recorded = FeatureSource.Parse(Manifest.Source!);
        var asked = source == FeatureSource.Deepest ? model.Manifest.Exits.Count : source ?? recorded;
        if (asked != recorded)
        {
            throw Refused($"it holds features of {Named(recorded)}, not of {Named(asked)}");
        }

        if (!ReferenceEquals(Volatile.Read(ref _checked), model))
        {
            if (Manifest.TestFeature!.Count != Columns || !Manifest.IsOf(model))
            {
                var run = Manifest.Provenance.TryGetValue("run", out var name) ? $" of the run '{OneLine.From(name)}'" : "";
                var other = $"{OneLine.From(Manifest.Architecture!)}, {OneLine.From(Manifest.Precision!)}{run}";
                throw Refused($"it was made by {Named(recorded)} of another model ({other})");
            }

            Volatile.Write(ref _checked, model);
        }

        return recorded;

        static string Named(FeatureSource one) => one.IsEncoder ? "the encoder" : $"exit {one}";
        AutodidactException Refused(string why) =>
            new(FailureKind.Usage, $"{Path}: {why}: choose the model that made it, or embed the images again");
    }

    /// <summary>The rows most similar to a query.</summary>
    /// <param name="query">A feature of <see cref="Columns"/> values, of any length.</param>
    /// <param name="count">Hits wanted, 1 or more; fewer come only where the index has fewer.</param>
    /// <param name="options">How to search; the defaults if left out.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>
    /// The most similar first, equally similar ones by row. Rows that are not finite are left out. Without an inverted file, or with
    /// <see cref="SearchOptions.Exact"/>, exactly those that double precision arithmetic over all rows gives.
    /// </returns>
    /// <exception cref="AutodidactException">The query is not finite, or the index is damaged; kind Data.</exception>
    public IReadOnlyList<SearchHit> Search(
        ReadOnlySpan<float> query, int count, SearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length, Columns, nameof(query));
        using var one = new FeatureMatrix(1, Columns);
        query.CopyTo(one[0]);
        return SearchBatch(one, count, options, cancellationToken)[0];
    }

    /// <summary>The rows most similar to each of several queries; faster than one by one.</summary>
    /// <param name="queries">Features, [n, <see cref="Columns"/>].</param>
    /// <param name="count">Hits wanted for each, 1 or more; fewer come only where the index has fewer.</param>
    /// <param name="options">How to search; the defaults if left out.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>For each query what <see cref="Search"/> gives.</returns>
    /// <exception cref="AutodidactException">A query is not finite, or the index is damaged; kind Data.</exception>
    public IReadOnlyList<IReadOnlyList<SearchHit>> SearchBatch(
        FeatureMatrix queries, int count, SearchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentOutOfRangeException.ThrowIfNotEqual(queries.Columns, Columns, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        options ??= new SearchOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Probes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        using var call = _gate.Enter();
        var normalized = new float[queries.Rows][];
        for (var i = 0; i < normalized.Length; i++)
        {
            normalized[i] = Cosine.Normalized(queries[i]);
            if (!normalized[i].All(float.IsFinite))
            {
                throw new AutodidactException(FailureKind.Data, $"query {i} holds a value that is not finite: check what made it");
            }
        }

        var best = new (double Similarity, int Row)[queries.Rows][];
        try
        {
            var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
            var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = threads };
            var probes = InvertedFile is null ? 0 : options.Probes == 0 ? InvertedFile.DefaultProbes : options.Probes;
            var found = InvertedFile is { } lists && probes < lists.Lists
                ? InLists(lists, normalized, probes, count, parallel)
                : InAll(normalized, count, parallel);
            Parallel.For(0, best.Length, parallel, i => best[i] = Best(queries[i], found[i], count));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<AutodidactException>().FirstOrDefault() is { } damage)
        {
            // Several threads may meet damaged blocks.
            throw damage;
        }

        // Keys last and by this thread: a damaged one is an error of its own, not one among several threads' errors.
        return [.. best.Select(rows => rows.Select(hit => new SearchHit(_keys[hit.Row], hit.Row, hit.Similarity)).ToArray())];
    }

    /// <summary>
    /// Unmaps the files, after the searches that are running have ended. Later calls end with <see cref="ObjectDisposedException"/>.
    /// Rows handed out before must not be read any more.
    /// </summary>
    public void Dispose()
    {
        if (!_gate.Close())
        {
            return;
        }

        InvertedFile?.Dispose();
        _keys.Dispose();
        _matrix.Dispose();
    }

    private Candidates[] NewCandidates(int queries, int count) =>
        [.. Enumerable.Range(0, queries).Select(_ => new Candidates(count, Cosine.ErrorBound(Columns)))];

    private Candidates[] InAll(float[][] queries, int count, ParallelOptions parallel)
    {
        var all = NewCandidates(queries.Length, count);
        var pieceRows = Math.Clamp(PieceBytes / (Columns * sizeof(float)), 1, 4096);
        var pieces = (int)(((long)Count + pieceRows - 1) / pieceRows);
        Parallel.For(
            0,
            pieces,
            parallel,
            () => (Found: NewCandidates(queries.Length, count), Scales: new float[pieceRows]),
            (piece, _, state) =>
            {
                var first = piece * pieceRows;
                Scan(queries, first, Math.Min(pieceRows, Count - first), state.Scales, state.Found);
                return state;
            },
            state =>
            {
                lock (all)
                {
                    for (var i = 0; i < all.Length; i++)
                    {
                        all[i].Add(state.Found[i]);
                    }
                }
            });
        return all;
    }

    private void Scan(float[][] queries, int first, int rows, float[] scales, Candidates[] found)
    {
        var block = _matrix.Block(first, rows);
        for (var i = 0; i < rows; i++)
        {
            scales[i] = Cosine.Scale(block.Slice(i * Columns, Columns));
        }

        var together = Math.Max(1, QueryBytes / (Columns * sizeof(float)));
        for (var query = 0; query < queries.Length; query += together)
        {
            var end = Math.Min(queries.Length, query + together);
            for (var i = 0; i < rows; i++)
            {
                var row = block.Slice(i * Columns, Columns);
                var q = query;
                for (; q + FourProducts.Queries <= end && !float.IsNaN(scales[i]); q += FourProducts.Queries)
                {
                    var products = FourProducts.Of(row, queries[q], queries[q + 1], queries[q + 2], queries[q + 3]);
                    found[q].Offer(first + i, products.A * scales[i]);
                    found[q + 1].Offer(first + i, products.B * scales[i]);
                    found[q + 2].Offer(first + i, products.C * scales[i]);
                    found[q + 3].Offer(first + i, products.D * scales[i]);
                }

                for (; q < end; q++)
                {
                    found[q].Offer(first + i, Cosine.Estimate(queries[q], row, scales[i]));
                }
            }
        }
    }

    private Candidates[] InLists(InvertedFile lists, float[][] queries, int probes, int count, ParallelOptions parallel)
    {
        var all = NewCandidates(queries.Length, count);
        Parallel.For(0, queries.Length, parallel, i =>
        {
            foreach (var list in lists.Nearest(queries[i], probes, count))
            {
                lists.Scan(list, queries[i], all[i]);
            }
        });
        return all;
    }

    private (double Similarity, int Row)[] Best(ReadOnlySpan<float> query, Candidates found, int count)
    {
        found.Prune();
        var exact = new (double Similarity, int Row)[found.Rows.Length];
        for (var i = 0; i < exact.Length; i++)
        {
            var row = found.Rows[i];
            exact[i] = (Cosine.Of(query, _matrix[row]), row);
        }

        Array.Sort(exact, static (a, b) => a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : a.Row.CompareTo(b.Row));
        return exact.Length > count ? exact[..count] : exact;
    }
}
