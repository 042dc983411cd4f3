using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Autodidact.Files;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Inference;

/// <summary>
/// The rows of an index by the nearest of some hundreds or thousands of centroids (an inverted file: Sivic &amp; Zisserman, "Video Google",
/// ICCV 2003; Jegou et al., "Product quantization for nearest neighbor search", 2011): a search looks only into the lists of the centroids
/// nearest to the query. The rows, normalised, lie in the file list by list, so that a list is read in one piece; it is as large as the
/// matrix, and mapped into memory like it. Thread-safe.
/// </summary>
internal sealed class InvertedFile : IDisposable
{
    private const string CentroidsName = "centroids";
    private const string StartsName = "starts";
    private const string RowsName = "rows";
    private const string VectorsName = "vectors";
    private const string FingerprintName = "fingerprint";
    private const int FingerprintRows = 256;

    private readonly float[] _centroids;
    private readonly long[] _starts;
    private readonly int[] _rows;
    private readonly MappedFile _file;

    private InvertedFile(MappedFile file, float[] centroids, int columns, long[] starts, int[] rows)
    {
        _file = file;
        _centroids = centroids;
        Columns = columns;
        _starts = starts;
        _rows = rows;
    }

    /// <summary>Number of lists.</summary>
    public int Lists => _starts.Length - 1;

    /// <summary>Number of columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Number of rows of the matrix, each in one list.</summary>
    public int Rows => _rows.Length;

    /// <summary>Lists a search looks into unless told otherwise: one in 16, at least 8.</summary>
    public int DefaultProbes => Math.Min(Lists, Math.Max(8, Lists / 16));

    /// <summary>Rows of a list, ascending.</summary>
    /// <param name="list">0 to <see cref="Lists"/> - 1.</param>
    public ReadOnlySpan<int> List(int list) => _rows.AsSpan((int)_starts[list], (int)(_starts[list + 1] - _starts[list]));

    /// <summary>Writes the inverted file of a matrix from the nearest centroid of each row, atomically, as safetensors.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrix">The index's rows, all finite.</param>
    /// <param name="centroids">Centroids of unit length, [lists, columns].</param>
    /// <param name="assignments">List of each row.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public static void Write(string path, MappedMatrix matrix, FeatureMatrix centroids, ReadOnlySpan<int> assignments)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(centroids);
        ArgumentOutOfRangeException.ThrowIfNotEqual(assignments.Length, matrix.Rows, nameof(assignments));
        ArgumentOutOfRangeException.ThrowIfNotEqual(centroids.Columns, matrix.Columns, nameof(centroids));
        var starts = new long[centroids.Rows + 1];
        foreach (var list in assignments)
        {
            starts[list + 1]++;
        }

        for (var list = 0; list < centroids.Rows; list++)
        {
            starts[list + 1] += starts[list];
        }

        var next = starts.ToArray();
        var rows = new int[assignments.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[next[assignments[row]]++] = row;
        }

        SafetensorsWriter.Write(
            path,
            [
                new SafetensorsEntry(CentroidsName, TensorType.F32, [centroids.Rows, centroids.Columns]),
                new SafetensorsEntry(StartsName, TensorType.I64, [starts.Length]),
                new SafetensorsEntry(RowsName, TensorType.I32, [rows.Length]),
                new SafetensorsEntry(VectorsName, TensorType.F32, [matrix.Rows, matrix.Columns]),
            ],
            new Dictionary<string, string> { [FingerprintName] = Fingerprint(matrix) },
            (entry, stream) =>
            {
                switch (entry.Name)
                {
                    case CentroidsName:
                        stream.Write(MemoryMarshal.AsBytes<float>(centroids.Block(0, centroids.Rows)));
                        break;
                    case StartsName:
                        stream.Write(MemoryMarshal.AsBytes(starts.AsSpan()));
                        break;
                    case RowsName:
                        stream.Write(MemoryMarshal.AsBytes(rows.AsSpan()));
                        break;
                    default:
                        foreach (var row in rows)
                        {
                            stream.Write(MemoryMarshal.AsBytes<float>(Cosine.Normalized(matrix[row])));
                        }

                        break;
                }
            });
    }

    /// <summary>Opens an inverted file and checks that it is one of this matrix; the caller disposes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrix">The index's rows.</param>
    /// <param name="digests">What the file was, where the index says so: vectors are checked when they are first read.</param>
    /// <exception cref="AutodidactException">It is damaged or of another matrix; kind Data.</exception>
    public static InvertedFile Load(string path, MappedMatrix matrix, BlockDigests? digests = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var file = MappedFile.Open(path);
        try
        {
            if (digests is not null)
            {
                Guard(file, digests, (long)matrix.Rows * matrix.Columns * sizeof(float));
            }

            return Load(file, matrix, sealedWithMatrix: digests is not null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>All but the vectors is read at once, by a reader that knows nothing of digests.</summary>
    private static void Guard(MappedFile file, BlockDigests digests, long vectorBytes)
    {
        file.Guard(digests, IndexManifest.Remedy);
        for (var first = 0L; first < file.Length - vectorBytes; first += BlockDigests.BlockBytes)
        {
            file.Bytes(first, 1);
        }
    }

    private static InvertedFile Load(MappedFile file, MappedMatrix matrix, bool sealedWithMatrix)
    {
        var path = file.Path;
        using var reader = new SafetensorsReader(path);
        var centroids = Read<float>(CentroidsName, TensorType.F32);
        var starts = Read<long>(StartsName, TensorType.I64);
        var rows = Read<int>(RowsName, TensorType.I32);
        var shape = reader.Find(CentroidsName)!.Shape;
        if (shape.Count != 2 || shape[0] < 1 || shape[1] != matrix.Columns || rows.Length != matrix.Rows || starts.Length != shape[0] + 1)
        {
            throw Bad($"it is of {rows.Length} rows, {matrix.Path} has {matrix.Rows} of {matrix.Columns} values");
        }

        var descends = starts.Skip(1).Zip(starts).Any(pair => pair.First < pair.Second);
        if (starts[0] != 0 || starts[^1] != rows.Length || descends || !centroids.All(float.IsFinite))
        {
            throw Bad("its lists are damaged");
        }

        var seen = new bool[rows.Length];
        foreach (var row in rows)
        {
            if (row < 0 || row >= rows.Length || seen[row])
            {
                throw Bad("its lists are damaged");
            }

            seen[row] = true;
        }

        // The manifest that binds both to each other says more than a sample of rows, and costs no reading.
        if (!sealedWithMatrix && reader.Metadata.GetValueOrDefault(FingerprintName) != Fingerprint(matrix))
        {
            throw Bad($"it was made for other values than those of {matrix.Path}");
        }

        if (reader.Entries[^1] is not { Name: VectorsName, Type: TensorType.F32, Shape: [var height, var width] }
            || height != matrix.Rows || width != matrix.Columns)
        {
            throw Bad("its vectors are damaged");
        }

        // Where they begin follows from the file's end: the reader has checked that no gap is in it.
        return new InvertedFile(file, centroids, matrix.Columns, starts, rows);

        T[] Read<T>(string name, TensorType type)
            where T : unmanaged
        {
            var entry = reader.Find(name);
            if (entry is null || entry.Type != type || entry.ByteCount > Array.MaxLength)
            {
                throw Bad($"it has no {name} of type {type}");
            }

            var values = new T[entry.ByteCount / SafetensorsEntry.SizeOf(type)];
            reader.Read(name, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        AutodidactException Bad(string what) =>
            new(FailureKind.Data, $"{path}: not the inverted file of this index: {what}: delete it, or build it again");
    }

    /// <summary>Lists by their nearness to a query: the nearest, and further ones until they hold enough rows.</summary>
    /// <param name="query">The query, normalised.</param>
    /// <param name="probes">Lists to take, 1 or more.</param>
    /// <param name="least">Rows they must hold.</param>
    internal ReadOnlySpan<int> Nearest(ReadOnlySpan<float> query, int probes, int least)
    {
        var distances = new float[Lists];
        var order = new int[Lists];
        for (var list = 0; list < order.Length; list++)
        {
            order[list] = list;
            distances[list] = -TensorPrimitives.Dot(query, _centroids.AsSpan(list * Columns, Columns));
        }

        Array.Sort(distances, order);
        var (taken, count) = (0, 0);
        while (taken < order.Length && (taken < probes || count < least))
        {
            count += List(order[taken++]).Length;
        }

        return order.AsSpan(0, taken);
    }

    /// <summary>Compares a query with a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="query">The query, normalised.</param>
    /// <param name="found">Is offered every row of the list.</param>
    internal void Scan(int list, ReadOnlySpan<float> query, Candidates found)
    {
        const int PieceBytes = 1 << 24;
        var rows = List(list);
        var pieceRows = Math.Max(1, PieceBytes / (Columns * sizeof(float)));
        var vectors = _file.Length - ((long)Rows * Columns * sizeof(float));
        for (var first = 0; first < rows.Length; first += pieceRows)
        {
            var count = Math.Min(pieceRows, rows.Length - first);
            var bytes = _file.Bytes(vectors + ((_starts[list] + first) * Columns * sizeof(float)), count * Columns * sizeof(float));
            var values = MemoryMarshal.Cast<byte, float>(bytes);
            for (var i = 0; i < count; i++)
            {
                found.Offer(rows[first + i], TensorPrimitives.Dot(query, values.Slice(i * Columns, Columns)));
            }
        }
    }

    /// <summary>A digest over some rows, spread over the matrix: a matrix that was replaced is noticed.</summary>
    private static string Fingerprint(MappedMatrix matrix)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var size = string.Create(CultureInfo.InvariantCulture, $"{matrix.Rows} {matrix.Columns}");
        hash.AppendData(System.Text.Encoding.ASCII.GetBytes(size));
        for (var i = 0; i < Math.Min(FingerprintRows, matrix.Rows); i++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(matrix[(int)((long)i * matrix.Rows / Math.Min(FingerprintRows, matrix.Rows))]));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
