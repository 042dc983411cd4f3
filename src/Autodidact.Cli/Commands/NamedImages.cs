using Autodidact.Images;

namespace Autodidact.Cli.Commands;

/// <summary>The images a command line names: files, folders, and lists on standard input.</summary>
/// <param name="host">Standard input and standard error.</param>
/// <param name="names">The names, in their order.</param>
internal sealed class NamedImages(CliHost host, IReadOnlyList<string> names)
{
    private const string StandardInput = "-";

    private bool _somethingWasEmpty;

    /// <summary>
    /// Files in the order given, those of a folder sorted by name. Each keeps the path it was given by, with forward slashes, so that an
    /// index made on one machine serves on another.
    /// </summary>
    /// <exception cref="AutodidactException">The only folder or list named holds no image; kind Data.</exception>
    public IEnumerable<string> Files()
    {
        foreach (var name in names)
        {
            var any = false;
            foreach (var file in name == StandardInput ? Lines() : Directory.Exists(name) ? ImageFiles.Below(name) : [name])
            {
                any = true;
                yield return ImageFiles.Portable(file);
            }

            if (!any) TellEmpty(name);
        }
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

    private IEnumerable<string> Lines()
    {
        while (host.In.ReadLine() is { } line)
        {
            if (line.Length > 0) yield return line;
        }
    }
}
