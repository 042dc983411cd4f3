using System.Runtime.InteropServices;
using System.Text;
using Autodidact.Cli.Output;

namespace Autodidact.Cli.Startup;

/// <summary>
/// Refuses to start where the system's limits would end the process on the way. It runs before anything else and uses little: with few open
/// files not even the console can be loaded.
/// </summary>
internal static unsafe partial class LimitCheck
{
    private static readonly string[] Training =
        ["run", "pretrain", "cluster", "distill", "evaluate", "export", "report", "experiment", "plan"];

    private static readonly string[] Prediction = ["predict", "embed", "search"];

    /// <summary>The reason not to start; null where there is none.</summary>
    /// <param name="args">The command line.</param>
    public static string? Problem(string[] args) => Problem(args, ResourceLimits.OpenFiles, ResourceLimits.AddressSpace);

    /// <summary>The reason not to start under given limits.</summary>
    internal static string? Problem(string[] args, long? openFiles, long? addressSpace)
    {
        if (ResourceLimits.OpenFilesProblem(openFiles) is { } files) return files;
        var command = args.Length > 0 ? args[0] : "";
        if (args.AsSpan().ContainsAny("--help", "-h", "-?")) return null;
        if (Array.IndexOf(Training, command) >= 0)
            return ResourceLimits.AddressSpaceProblem(addressSpace, ResourceLimits.Training, "training");
        return Array.IndexOf(Prediction, command) >= 0
            ? ResourceLimits.AddressSpaceProblem(addressSpace, ResourceLimits.Prediction, "an exported model")
            : null;
    }

    /// <summary>Writes the reason and gives the status to end with.</summary>
    public static int Refuse(string problem)
    {
        if (OperatingSystem.IsLinux() && StandardStreams.IsOpen(StandardStreams.Error))
        {
            var line = Encoding.UTF8.GetBytes($"autodidact: {problem}\n");
            fixed (byte* start = line) _ = Write(StandardStreams.Error, start, line.Length);
        }

        return (int)FailureKind.Environment;
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, byte* bytes, nint count);
}
