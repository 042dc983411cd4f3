using System.Text;
using Autodidact.Files;
using Autodidact.Images;

namespace Autodidact.Cli.Commands;

/// <summary>The images a command line names: files, folders, and lists on standard input.</summary>
/// <param name="host">Standard input and standard error.</param>
/// <param name="names">The names, in their order.</param>
internal sealed class NamedImages(CliHost host, IReadOnlyList<string> names)
{
    private const string StandardInput = "-";

    /// <summary>Longer than any path that a system takes.</summary>
    private const int LongestLine = 1 << 15;

    private bool _somethingWasEmpty;

    /// <summary>
    /// Files in the order given, those of a folder sorted by name. Each keeps the path it was given by, with forward slashes, so that an
    /// index made on one machine serves on another. What a folder lists and cannot be read is among them, with the reason.
    /// </summary>
    /// <param name="cancellationToken">Stops, even where standard input gives no line.</param>
    /// <exception cref="AutodidactException">
    /// The only folder or list named holds no image, or standard input cannot be read; kind Data.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IEnumerable<NamedFile> Files(CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            var any = false;
            var files = name == StandardInput ? Lines(cancellationToken)
                : Directory.Exists(name) ? ImageFiles.Below(name, cancellationToken)
                : [new NamedFile(name)];
            foreach (var file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                any = true;
                yield return file with { Path = ImageFiles.Portable(file.Path) };
            }

            if (!any) TellEmpty(name);
        }
    }

    /// <summary>
    /// Says why a file could not be read, where the answer that says so goes into a pipe or a file: a person may see neither.
    /// </summary>
    public void TellUnread(string path, string problem)
    {
        if (!host.OutIsTerminal) host.Error.WriteLine($"{path}: {problem}");
    }

    /// <summary>The status a command ends with, after a line about the files that could not be read.</summary>
    /// <param name="unread">How many of them there were.</param>
    public int Status(int unread)
    {
        if (unread > 0) host.Error.WriteLine($"autodidact: {Plural.Of(unread, "file")} could not be read, see above");
        return unread == 0 && !_somethingWasEmpty ? ExitStatus.Done : ExitStatus.Data;
    }

    private void TellEmpty(string name)
    {
        var line = name == StandardInput
            ? "standard input lists no files: write the path of an image on each line"
            : $"{name}: the folder holds no images: name another";
        if (names.Count == 1) throw new AutodidactException(FailureKind.Data, line);

        // The other names may hold images: they are answered, and the status tells.
        host.Error.WriteLine($"autodidact: {line}");
        _somethingWasEmpty = true;
    }

    private IEnumerable<NamedFile> Lines(CancellationToken cancellationToken)
    {
        // Reading cannot be cancelled: a read that waits for a line is left behind on its thread.
        var lines = Lines().GetEnumerator();
        while (Task.Run(lines.MoveNext, cancellationToken).WaitAsync(cancellationToken).GetAwaiter().GetResult())
            yield return lines.Current;
    }

    private IEnumerable<NamedFile> Lines()
    {
        var line = new StringBuilder();
        var tooLong = false;
        while (Read() is >= 0 and var read)
        {
            if (read != '\n')
            {
                tooLong |= line.Length == LongestLine;
                if (!tooLong) line.Append((char)read);
                continue;
            }

            if (Take() is { } file) yield return file;
        }

        if (Take() is { } last) yield return last;

        NamedFile? Take()
        {
            var path = line.ToString().TrimEnd('\r');
            var problem = tooLong ? "the line is too long for the path of a file" : null;
            line.Clear();
            tooLong = false;
            return path.Length > 0 ? new NamedFile(path, problem) : null;
        }
    }

    private int Read()
    {
        try
        {
            return host.In.Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"standard input cannot be read ({DiskFailure.Reason(e)}): "
                + "give the paths of images, one a line, through a pipe or from a file",
                e);
        }
    }
}
