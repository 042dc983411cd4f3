using System.Diagnostics;

namespace Autodidact.Tests;

/// <summary>The system's Python, whose packages (Debian: python3-torch, python3-onnx) stand on the other side of some tests.</summary>
internal static class SystemPython
{
    private const string Name = "python3";

    /// <summary>Whether packages can be imported.</summary>
    public static bool Has(params string[] packages) => Run(["-c", $"import {string.Join(", ", packages)}"]).ExitCode == 0;

    /// <summary>Runs it to the end; -1 where there is none.</summary>
    public static (int ExitCode, string Error) Run(IEnumerable<string> arguments)
    {
        // Debian's packages belong to the system's interpreter, which need not be the first on the path.
        var system = Path.Combine("/usr/bin", Name);
        var start =
            new ProcessStartInfo(
                File.Exists(system) ? system : Name, arguments)
            { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
