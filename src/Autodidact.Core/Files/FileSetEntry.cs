namespace Autodidact.Files;

/// <summary>A change of files that change together, as their journal tells of it.</summary>
/// <param name="Schema">Layout of the journal.</param>
/// <param name="Id">Part of the names of the new files.</param>
/// <param name="Written">Names of the files that it writes.</param>
/// <param name="Removed">Names of the files that it removes.</param>
internal sealed record FileSetEntry(int Schema, Guid Id, IReadOnlyList<string> Written, IReadOnlyList<string> Removed)
{
    public const int CurrentSchema = 1;

    /// <summary>Whether the change removes a file.</summary>
    /// <param name="file">One of the set's files.</param>
    public bool Removes(string file) => Removed.Contains(Path.GetFileName(file));

    /// <summary>Where the new content of a file waits for its name; null where the file has it already, or is not written.</summary>
    /// <param name="file">One of the set's files.</param>
    public string? NewPlace(string file) =>
        Written.Contains(Path.GetFileName(file)) && TemporaryFile.NameFor(file, Id) is var temporary && File.Exists(temporary)
            ? temporary
            : null;
}
