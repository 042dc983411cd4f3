using System.Text.Json;

namespace Autodidact.Files;

/// <summary>
/// The journal of files that change together: it names the new files of a change, which lie beside the old ones. Its own rename into its
/// place is the moment of the change.
/// </summary>
/// <param name="path">The journal's file.</param>
/// <param name="files">The files of the set; a journal that names others names them in vain.</param>
internal sealed class FileSetJournal(string path, IReadOnlyList<string> files)
{
    /// <summary>No journal is as large; a file of another maker may have its name.</summary>
    private const int Largest = 1 << 20;

    /// <summary>The journal's file, which is there while a change is not finished.</summary>
    public string Path => path;

    /// <summary>Reads the change that is not finished; null where there is none.</summary>
    /// <exception cref="AutodidactException">The file is no journal, or cannot be read; kind Data.</exception>
    public FileSetEntry? Read()
    {
        try
        {
            if (!File.Exists(path)) return null;
            var entry = JsonSerializer.Deserialize<FileSetEntry>(RegularFile.ReadAll(path, Largest));
            return entry is { Schema: FileSetEntry.CurrentSchema, Written: not null, Removed: not null } ? entry : throw Strange(null);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw Strange(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be read ({OneLine.From(e.Message)}): check its permissions", e);
        }
    }

    /// <summary>Makes a change: it is made when this returns, and may not have been when this throws.</summary>
    /// <param name="entry">The change; its files are on the disk.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Write(FileSetEntry entry) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, entry));

    /// <summary>Puts the files of a change that is made into their places, and removes the journal.</summary>
    /// <param name="entry">The change.</param>
    /// <exception cref="AutodidactException">The disk refuses; kind Environment. The journal stays then.</exception>
    public void Finish(FileSetEntry entry) => Finish(entry, FolderFlush.Of);

    internal void Finish(FileSetEntry entry, Action<string> flushFolder)
    {
        foreach (var file in files)
        {
            try
            {
                if (entry.NewPlace(file) is { } temporary)
                    File.Move(temporary, file, overwrite: true);
                else if (entry.Removes(file))
                    File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw DiskFailure.Of(file, e);
            }
        }

        // The journal may go once the names are on the disk: it says how to make them.
        try
        {
            flushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        }
        catch (IOException e)
        {
            throw DiskFailure.Of(path, e);
        }

        TemporaryFile.Delete(path);
    }

    private AutodidactException Strange(Exception? cause) => new(
        FailureKind.Data, $"{path}: not a journal that this version writes: move it away, and make {files[0]} again", cause);
}
