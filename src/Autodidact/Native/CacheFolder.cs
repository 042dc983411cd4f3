namespace Autodidact.Native;

/// <summary>Where Autodidact keeps files that it can make again: repaired libraries, packed images.</summary>
internal static class CacheFolder
{
    /// <summary>The environment variable that names the folder outright.</summary>
    public const string Variable = "AUTODIDACT_CACHE";

    /// <summary>
    /// The cache folder: <c>$AUTODIDACT_CACHE</c>, else <c>$XDG_CACHE_HOME/autodidact</c>, else <c>~/.cache/autodidact</c>
    /// (on Windows the local application data). It is not created here.
    /// </summary>
    public static string Path => Resolve(Environment.GetEnvironmentVariable);

    internal static string Resolve(Func<string, string?> variable)
    {
        if (variable(Variable) is { Length: > 0 } own) return System.IO.Path.GetFullPath(own);
        if (variable("XDG_CACHE_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg))
            return System.IO.Path.Combine(xdg, "autodidact");
        if (OperatingSystem.IsWindows() && variable("LOCALAPPDATA") is { Length: > 0 } local)
            return System.IO.Path.Combine(local, "autodidact");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0
            ? System.IO.Path.Combine(home, ".cache", "autodidact")
            : System.IO.Path.Combine(System.IO.Path.GetTempPath(), "autodidact");
    }
}
