using System.Runtime.InteropServices;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>
/// Writes a float32 matrix as .npy row by row, without knowing how many there will be. The file appears, whole, when it is completed.
/// </summary>
internal sealed class NpyMatrixWriter : IDisposable
{
    private readonly PendingFile _file;

    /// <summary>Begins a matrix.</summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="columns">Number of columns, 1 or more.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public NpyMatrixWriter(string path, int columns)
        : this(new PendingFile(path), columns)
    {
    }

    /// <summary>Begins a matrix in a file that has been begun; it is taken over.</summary>
    /// <param name="file">The file.</param>
    /// <param name="columns">Number of columns, 1 or more.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public NpyMatrixWriter(PendingFile file, int columns)
    {
        _file = file;
        try
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
            Columns = columns;
            _file.Write(stream => stream.Write(NpyFile.MatrixHeader(0, columns)));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>Rows appended so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Appends rows.</summary>
    /// <param name="rows">Values of one or more whole rows, one after another.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Append(ReadOnlySpan<float> rows)
    {
        if (rows.Length % Columns != 0)
        {
            throw new ArgumentException($"{rows.Length} values are no whole number of rows of {Columns}", nameof(rows));
        }

        var total = checked(Rows + (rows.Length / Columns));
        try
        {
            _file.Stream.Write(MemoryMarshal.AsBytes(rows));
        }
        catch (IOException e)
        {
            throw DiskFailure.Of(_file.Path, e);
        }

        Rows = total;
    }

    /// <summary>Writes the number of rows into the header and puts the file into its place.</summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Complete()
    {
        WriteRows();
        _file.Commit();
    }

    /// <summary>Writes the number of rows into the header and closes the file, which stays beside its place.</summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Close()
    {
        WriteRows();
        _file.Close();
    }

    /// <summary>Drops a matrix that was not completed.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteRows() => _file.Write(stream =>
    {
        stream.Position = 0;
        stream.Write(NpyFile.MatrixHeader(Rows, Columns));
    });
}
