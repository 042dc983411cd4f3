using System.Buffers.Text;
using System.Text;
using Autodidact.Files;
using Autodidact.Images;
using Autodidact.Serialization;
using Autodidact.Tables;

namespace Autodidact.Inference;

/// <summary>
/// The keys of an index: a CSV file with the columns <c>row,key</c>, mapped into memory, rows in order. Keys are decoded when they are
/// asked for: the texts of millions would take more memory than all else. Safe to read from many threads.
/// </summary>
internal sealed class KeyTable : IDisposable
{
    private const string Header = "row,key";
    private const int Window = 1 << 16;

    private readonly MappedFile _file;
    private readonly long[] _starts;
    private readonly Lazy<(int[] Hashes, int[] Rows)> _byHash;

    private KeyTable(MappedFile file, long[] starts)
    {
        _file = file;
        _starts = starts;
        _byHash = new(SortByHash);
    }

    private int Count => _starts.Length - 1;

    /// <summary>Opens a table and checks that it numbers its rows from 0 to the last.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Rows it must have.</param>
    /// <param name="digests">What the file was, where that is known.</param>
    /// <exception cref="AutodidactException">It is missing, damaged or does not fit; kind Data.</exception>
    public static KeyTable Open(string path, int rows, BlockDigests? digests)
    {
        var file = MappedFile.Open(path);
        try
        {
            if (digests is not null) file.Guard(digests, IndexManifest.Remedy);
            var starts = new long[rows + 1L];
            starts[0] = End(file, 0);
            if (starts[0] > Window || Text(file, 0, starts[0]).TrimStart('\uFEFF').TrimEnd() != Header)
            {
                throw Bad(path, $"it must begin with the line {Header}");
            }

            for (var row = 0; row < rows; row++)
            {
                var start = starts[row];
                var end = starts[row + 1] = End(file, start);
                var number = file.Bytes(start, (int)Math.Min(end - start, 11));
                if (end == start)
                {
                    throw Bad(path, $"it has {row} keys for {rows} rows");
                }

                if (end - start > int.MaxValue || !Utf8Parser.TryParse(number, out int found, out var length) || found != row
                    || length == number.Length || number[length] != ',')
                {
                    throw Bad(path, $"in place of row {row} it has '{OneLine.From(Text(file, start, Math.Min(end, start + 40)))}'");
                }
            }

            return starts[rows] == file.Length ? new KeyTable(file, starts) : throw Bad(path, $"it has more keys than the {rows} rows");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The key of a row.</summary>
    public string this[int row]
    {
        get
        {
            try
            {
                return KeyOf(CsvFormat.Read(Text(_file, _starts[row], _starts[row + 1])).FirstOrDefault().Fields, row);
            }
            catch (FormatException e)
            {
                throw Bad(_file.Path, $"row {row}: {e.Message}");
            }
        }
    }

    /// <summary>The first row of a key, or -1. A row that spells it the same goes before one that means the same path.</summary>
    public int IndexOf(string key)
    {
        var (hashes, rows) = _byHash.Value;
        var portable = KeySpelling.Portable(key);
        var hash = portable.GetHashCode(StringComparison.Ordinal);
        var at = Array.BinarySearch(hashes, hash);
        while (at > 0 && hashes[at - 1] == hash)
        {
            at--;
        }

        var (same, similar) = (int.MaxValue, int.MaxValue);
        for (; at >= 0 && at < hashes.Length && hashes[at] == hash; at++)
        {
            var found = this[rows[at]];
            if (found == key)
            {
                same = Math.Min(same, rows[at]);
            }
            else if (KeySpelling.Portable(found) == portable)
            {
                similar = Math.Min(similar, rows[at]);
            }
        }

        return same < int.MaxValue ? same : similar < int.MaxValue ? similar : -1;
    }

    /// <summary>Keys most like one that is not there, the most alike first: those of the same file name, or of nearly the same.</summary>
    public IReadOnlyList<string> Near(string key, int count) =>
        [.. All().Select(row => (row.Key, Distance: KeySpelling.Distance(row.Key, key))).Where(near => near.Distance is not null)
            .OrderBy(near => near.Distance).Take(count).Select(near => near.Key)];

    public void Dispose() => _file.Dispose();

    private (int[] Hashes, int[] Rows) SortByHash()
    {
        var rows = Enumerable.Range(0, Count).ToArray();
        var hashes = new int[Count];
        foreach (var (row, key) in All())
        {
            hashes[row] = KeySpelling.Portable(key).GetHashCode(StringComparison.Ordinal);
        }

        Array.Sort(hashes, rows);
        return (hashes, rows);
    }

    /// <summary>All keys in one pass: a reader for each would take a hundred times as long.</summary>
    private IEnumerable<(int Row, string Key)> All()
    {
        using var bytes = _file.Read();
        using var records = CsvFormat.Read(bytes).Skip(1).GetEnumerator();
        for (var row = 0; row < Count; row++)
        {
            yield return (row, KeyOf(Next(row), row));
        }

        string[]? Next(int row)
        {
            try
            {
                return records.MoveNext() ? records.Current.Fields : null;
            }
            catch (FormatException e)
            {
                throw Bad(_file.Path, $"row {row}: {e.Message}");
            }
        }
    }

    private string KeyOf(string[]? fields, int row) =>
        fields is [_, var key] ? key : throw Bad(_file.Path, $"row {row} is not a number and a key");

    /// <summary>Where the record that begins at a place ends: after a line break outside quotes.</summary>
    private static long End(MappedFile file, long position)
    {
        var quoted = false;
        while (position < file.Length)
        {
            var window = file.Bytes(position, (int)Math.Min(Window, file.Length - position));
            var found = window.IndexOfAny((byte)'"', (byte)'\n');
            position += found < 0 ? window.Length : found + 1;
            if (found >= 0 && window[found] == '"')
            {
                quoted = !quoted;
            }
            else if (found >= 0 && !quoted)
            {
                return position;
            }
        }

        return position;
    }

    private static string Text(MappedFile file, long start, long end) => Encoding.UTF8.GetString(file.Bytes(start, (int)(end - start)));

    private static AutodidactException Bad(string path, string what) =>
        new(FailureKind.Data, $"{path}: not the keys of this index: {what}: embed the images again");
}
