using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>
/// One split of CIFAR-10 or CIFAR-100 in the binary version (Krizhevsky 2009): records of label bytes and 3 x 32 x 32 planar pixels.
/// </summary>
/// <remarks>
/// CIFAR-10: <c>data_batch_*.bin</c>, <c>test_batch.bin</c>, names in <c>batches.meta.txt</c>. CIFAR-100: <c>train.bin</c>,
/// <c>test.bin</c>, names in <c>fine_label_names.txt</c>; the fine label of the two is used. Keys are <c>data_batch_1/00000</c>.
/// </remarks>
internal sealed class CifarBinarySource : IImageSource
{
    private const int Side = 32;
    private const int Plane = Side * Side;

    /// <summary>A hundred names take less than 2,000.</summary>
    private const long MostNamesBytes = 1 << 16;

    private readonly string[] _files;
    private readonly string[] _names;
    private readonly int _labelBytes;
    private readonly int _recordBytes;

    /// <summary>Opens one split.</summary>
    /// <param name="directory">The folder of the binary files.</param>
    /// <param name="train">True for the training images, false for the test images.</param>
    /// <exception cref="AutodidactException">The files are not there, or truncated.</exception>
    public CifarBinarySource(string directory, bool train)
    {
        var fine = !HasCifar10(directory) && HasCifar100(directory);
        _labelBytes = fine ? 2 : 1;
        _recordBytes = _labelBytes + (3 * Plane);
        var pattern = (fine, train) switch
        {
            (true, true) => "train.bin",
            (true, false) => "test.bin",
            (false, true) => "data_batch_*.bin",
            (false, false) => "test_batch.bin",
        };
        _files = Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, pattern).Order(StringComparer.Ordinal)] : [];
        if (_files.Length == 0)
            throw new AutodidactException(
                FailureKind.Data, $"folder {directory} has no {pattern}: give the unpacked folder of CIFAR's binary version");
        foreach (var file in _files)
            CheckLength(file);
        _names = ReadNames(Path.Combine(directory, fine ? "fine_label_names.txt" : "batches.meta.txt"), fine ? 100 : 10);
        Description = $"{(fine ? "CIFAR-100" : "CIFAR-10")} {(train ? "train" : "test")}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public int? ExpectedCount => (int)_files.Sum(file => new FileInfo(file).Length / _recordBytes);

    /// <summary>Whether a folder holds CIFAR's binary files.</summary>
    /// <param name="directory">The folder.</param>
    public static bool IsCifar(string directory)
    {
        try
        {
            return HasCifar10(directory) || HasCifar100(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be looked into is none; whoever lists the images says why it cannot be read.
            return false;
        }
    }

    /// <inheritdoc/>
    public string Stamp()
    {
        var text = new StringBuilder();
        foreach (var file in _files.Select(path => new FileInfo(path)))
            text.Append(CultureInfo.InvariantCulture, $"{file.Name}\0{file.Length}\0{file.LastWriteTimeUtc.Ticks}\n");
        text.AppendJoin('\n', _names);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <inheritdoc/>
    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default)
    {
        var record = new byte[_recordBytes];
        foreach (var file in _files)
        {
            using var stream = RegularFile.Open(file, bufferSize: 1 << 20);
            for (var index = 0; stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int label = record[_labelBytes - 1];
                if (label >= _names.Length)
                    throw new AutodidactException(
                        FailureKind.Data,
                        $"{file} has label {label} in record {index}, expected 0 to {_names.Length - 1}: it is damaged, download it again");
                yield return new ImageEntry(
                    string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file)}/{index:D5}"),
                    _names[label],
                    new RawImage(Interleave(record.AsSpan(_labelBytes)), Side, Side, 3));
            }
        }
    }

    private static bool HasCifar10(string directory) => Directory.Exists(directory)
        && (Directory.EnumerateFiles(directory, "data_batch_*.bin").Any() || File.Exists(Path.Combine(directory, "test_batch.bin")));

    private static bool HasCifar100(string directory) => Directory.Exists(directory)
        && File.Exists(Path.Combine(directory, "train.bin")) && File.Exists(Path.Combine(directory, "test.bin"));

    private static byte[] Interleave(ReadOnlySpan<byte> planes)
    {
        var pixels = new byte[3 * Plane];
        for (var i = 0; i < Plane; i++)
        {
            pixels[3 * i] = planes[i];
            pixels[(3 * i) + 1] = planes[Plane + i];
            pixels[(3 * i) + 2] = planes[(2 * Plane) + i];
        }

        return pixels;
    }

    private void CheckLength(string file)
    {
        var length = new FileInfo(file).Length;
        if (length == 0 || length % _recordBytes != 0)
            throw new AutodidactException(
                FailureKind.Data, $"{file} is truncated: {length} bytes is no multiple of {_recordBytes}; download it again");
    }

    /// <summary>Class names, one a line; without the file, the numbers themselves.</summary>
    private static string[] ReadNames(string path, int count)
    {
        if (!File.Exists(path))
            return [.. Enumerable.Range(0, count).Select(i => i.ToString(count > 10 ? "D2" : "D1", CultureInfo.InvariantCulture))];
        string[] names;
        try
        {
            var text = RegularFile.ReadText(path, MostNamesBytes);
            names = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path} cannot be read ({OneLine.From(e.Message)}): check it, or download it again", e);
        }

        return names.Length == count && names.Distinct(StringComparer.Ordinal).Count() == count
            ? names
            : throw new AutodidactException(
                FailureKind.Data, $"{path} has {names.Length} class names, expected {count} different ones: download it again");
    }
}
