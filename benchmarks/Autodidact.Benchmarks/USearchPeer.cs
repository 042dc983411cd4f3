using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Serialization;
using Cloud.Unum.USearch;

namespace Autodidact.Benchmarks;

/// <summary>
/// USearch's graph (HNSW) over the rows of an index. It calls the package's native library, because the package's class can neither
/// make room for rows before several threads add them nor change the expansion of an index that it opened.
/// </summary>
internal sealed partial class USearchPeer : IDisposable
{
    private const string Library = "libusearch_c";

    private readonly USearchIndex _index;

    private USearchPeer(USearchIndex index) => _index = index;

    /// <summary>Builds the graph of all rows in memory and writes it, with the rows in it, to a file.</summary>
    /// <param name="matrix">The rows.</param>
    /// <param name="path">The file.</param>
    /// <param name="connectivity">Neighbours of a row in the graph.</param>
    /// <param name="expansion">Candidates looked at for each row that is added.</param>
    /// <param name="threads">Threads that add rows.</param>
    /// <param name="kind">Numbers the rows are stored as.</param>
    public static unsafe void Build(MappedMatrix matrix, string path, int connectivity, int expansion, int threads, ScalarKind kind)
    {
        using var index = new USearchIndex(MetricKind.Cos, kind, (ulong)matrix.Columns, (ulong)connectivity, (ulong)expansion);
        var native = Handle(index);
        usearch_reserve(native, (nuint)matrix.Rows, out var error);
        Check(error);
        usearch_change_threads_add(native, (nuint)threads, out error);
        Check(error);
        Parallel.For(0, matrix.Rows, new ParallelOptions { MaxDegreeOfParallelism = threads }, row =>
        {
            fixed (float* values = matrix[row])
            {
                usearch_add(native, (ulong)row, values, ScalarKind.Float32, out var failed);
                Check(failed);
            }
        });
        index.Save(path);
    }

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Most threads that search at once.</param>
    public static USearchPeer Open(string path, int threads)
    {
        var index = new USearchIndex(path, view: true);
        usearch_change_threads_search(Handle(index), (nuint)threads, out var error);
        Check(error);
        return new USearchPeer(index);
    }

    /// <summary>Sets how many candidates a search looks at.</summary>
    public void Expand(int expansion)
    {
        usearch_change_expansion_search(Handle(_index), (nuint)expansion, out var error);
        Check(error);
    }

    /// <summary>Rows near a query, ranked as our index ranks them: by their cosines in double precision, with their keys.</summary>
    public unsafe SearchHit[] Search(ReadOnlySpan<float> query, int count, EmbeddingIndex index)
    {
        var rows = stackalloc ulong[count];
        var distances = stackalloc float[count];
        nuint found;
        fixed (float* values = query)
        {
            found = usearch_search(Handle(_index), values, ScalarKind.Float32, (nuint)count, rows, distances, out var error);
            Check(error);
        }

        var hits = new SearchHit[(int)found];
        for (var i = 0; i < hits.Length; i++)
        {
            var row = (int)rows[i];
            hits[i] = new SearchHit(index.Key(row), row, Cosine.Of(query, index[row]));
        }

        Array.Sort(hits, static (a, b) =>
            a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : a.Row.CompareTo(b.Row));
        return hits;
    }

    /// <summary>Searches for some of the queries at once.</summary>
    public SearchHit[][] SearchBatch(FeatureMatrix queries, int first, int some, int count, EmbeddingIndex index, int threads)
    {
        var hits = new SearchHit[some][];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        Parallel.For(0, some, parallel, i => hits[i] = Search(queries[first + i], count, index));
        return hits;
    }

    public void Dispose() => _index.Dispose();

    private static void Check(nint error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(error));
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_index")]
    private static extern ref nint Handle(USearchIndex index);

    [LibraryImport(Library)]
    private static partial void usearch_reserve(nint index, nuint capacity, out nint error);

    [LibraryImport(Library)]
    private static partial void usearch_change_threads_add(nint index, nuint threads, out nint error);

    [LibraryImport(Library)]
    private static partial void usearch_change_threads_search(nint index, nuint threads, out nint error);

    [LibraryImport(Library)]
    private static partial void usearch_change_expansion_search(nint index, nuint expansion, out nint error);

    [LibraryImport(Library)]
    private static unsafe partial void usearch_add(nint index, ulong key, float* vector, ScalarKind kind, out nint error);

    [LibraryImport(Library)]
    private static unsafe partial nuint usearch_search(
        nint index, float* query, ScalarKind kind, nuint count, ulong* keys, float* distances, out nint error);
}
