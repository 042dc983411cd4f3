namespace Autodidact.Fuzzing;

/// <summary>A reader of files, and whole files for it.</summary>
/// <param name="Name">Its name in messages.</param>
/// <param name="Folder">A folder with whole files, of its own: the fuzzer changes files in it and puts them back.</param>
/// <param name="Files">The files to change, relative to the folder.</param>
/// <param name="Read">Reads what lies in the folder; it may fail with an <see cref="AutodidactException"/> and in no other way.</param>
internal sealed record FuzzTarget(string Name, string Folder, IReadOnlyList<string> Files, Action<FuzzInput> Read)
{
    /// <summary>How often it comes, compared with the others.</summary>
    public int Weight { get; init; } = 4;

    /// <summary>Whether a file holds text with values.</summary>
    /// <param name="file">The file.</param>
    public static bool IsText(string file) => Path.GetExtension(file) is ".json" or ".jsonl" or ".csv";
}

/// <summary>The changed file, as a reader is given it.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="File">The changed file, as a full path.</param>
/// <param name="Number">The mutant's number, to choose settings by.</param>
internal sealed record FuzzInput(string Folder, string File, long Number)
{
    /// <summary>A path in the folder.</summary>
    /// <param name="name">Relative to it.</param>
    public string this[string name] => Path.Combine(Folder, name);
}
