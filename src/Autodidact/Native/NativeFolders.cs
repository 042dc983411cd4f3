using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Autodidact.Native;

/// <summary>The folders in which this application's native libraries may lie.</summary>
internal static class NativeFolders
{
    /// <summary>
    /// Folders in the order of search: those the host derived from <c>deps.json</c> (a package's own folder, a plain build's
    /// <c>runtimes/…/native</c>, a single file's extraction), then those beside the application.
    /// </summary>
    public static IEnumerable<string> All()
    {
        var folders = new List<string>();
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string listed)
            folders.AddRange(listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        foreach (string root in Roots())
        {
            folders.Add(root);
            folders.Add(Path.Combine(root, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"));
            folders.Add(Path.Combine(root, "runtimes", "linux-" + architecture, "native"));
        }
        return folders.Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The first existing file of that name, or null.</summary>
    public static string? FindFile(string name) => All().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    [UnconditionalSuppressMessage(
        "SingleFile", "IL3000", Justification = "Empty in a single-file application, and then not used: its folder is the base directory.")]
    private static IEnumerable<string> Roots()
    {
        yield return AppContext.BaseDirectory;
        // Loaded by a host (a notebook, a plug-in), this assembly does not lie where the application does.
        if (Path.GetDirectoryName(typeof(NativeFolders).Assembly.Location) is { Length: > 0 } own) yield return own;
    }
}
