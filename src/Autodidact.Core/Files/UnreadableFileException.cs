namespace Autodidact.Files;

/// <summary>
/// A file that is refused before anything of it is read: a pipe, a device, a folder, a file that is too large, a name that none can have.
/// </summary>
/// <param name="reason">The reason, for a sentence: "it is a named pipe, not a file".</param>
internal sealed class UnreadableFileException(string reason) : IOException(reason);
