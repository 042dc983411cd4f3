namespace Autodidact.Images;

/// <summary>A file that somebody named, or that a folder lists.</summary>
/// <param name="Path">Its path, as it was given.</param>
/// <param name="Problem">Why it cannot be read, if that is known already.</param>
internal readonly record struct NamedFile(string Path, string? Problem = null);
