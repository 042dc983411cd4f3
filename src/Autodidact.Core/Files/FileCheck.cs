namespace Autodidact.Files;

/// <summary>Whether a file is what was written.</summary>
internal enum FileState
{
    /// <summary>All of it is what was written.</summary>
    Whole,

    /// <summary>It is not.</summary>
    Damaged,

    /// <summary>Nothing says what was written.</summary>
    Unrecorded,
}

/// <summary>The state of a file after it was read to its end.</summary>
/// <param name="Path">The file.</param>
/// <param name="State">Whether it is what was written.</param>
/// <param name="Problem">What is wrong with a damaged one.</param>
internal sealed record FileCheck(string Path, FileState State, string? Problem = null)
{
    /// <summary>A file that is damaged where there is a problem, and whole elsewhere.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problem">The problem, or null.</param>
    public static FileCheck Of(string path, string? problem) =>
        new(path, problem is null ? FileState.Whole : FileState.Damaged, problem);

    /// <summary>A file of which nothing is recorded: it can be read, or it is damaged.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reads it.</param>
    public static FileCheck Unrecorded(string path, Action read)
    {
        try
        {
            read();
            return new FileCheck(path, FileState.Unrecorded);
        }
        catch (AutodidactException e) when (e.Kind == FailureKind.Data)
        {
            return Of(path, e.Message);
        }
    }
}
