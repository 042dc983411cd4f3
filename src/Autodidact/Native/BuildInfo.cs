using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>The versions, the commit and the processor that make a run.</summary>
internal static class BuildInfo
{
    /// <summary>Commit the build came from, which the SDK appends to the version in a git checkout; null elsewhere.</summary>
    public static string? Commit { get; } = InformationalVersion.Split('+') is [_, var commit] ? commit : null;

    public static IReadOnlyDictionary<string, string> Versions { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["autodidact"] = InformationalVersion.Split('+')[0],
        ["dotnet"] = Environment.Version.ToString(),
        ["torchsharp"] = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ["libtorch"] = torch.__version__,
    };

    public static string Processor { get; } = ReadProcessor();

    private static string InformationalVersion =>
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static string ReadProcessor()
    {
        const string Key = "model name";
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File) ? System.IO.File
            .ReadLines(File)
            .FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
