using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>
/// Turns off the telemetry of ONNX Runtime. Its packages of 1.29 and later have it switched on: they write a device id and a database of
/// events into the user's cache, and send the events to Microsoft.
/// </summary>
internal static partial class RuntimeTelemetry
{
    /// <summary>The variable that ONNX Runtime asks once, when it starts. Nothing is written or sent if it is 1 then.</summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    private const string Off = "1";

    private static readonly Lazy<bool> TurnedOff = new(() =>
    {
        Forbid();

        // A program that started ONNX Runtime before us has started its telemetry too: this ends its events from now on.
        OrtEnv.Instance().DisableTelemetryEvents();
        return true;
    });

    /// <summary>Turns the telemetry off, once for the process, and starts ONNX Runtime.</summary>
    public static void TurnOff() => _ = TurnedOff.Value;

    /// <summary>
    /// Sets the variable without starting ONNX Runtime. A program calls it before it has threads: the C library reads and changes variables
    /// without a lock.
    /// </summary>
    /// <exception cref="AutodidactException">The variable cannot be set; kind Environment.</exception>
    public static void Forbid()
    {
        // For processes that this one starts. On Windows, for native code of this process too.
        Environment.SetEnvironmentVariable(Variable, Off);

        // Elsewhere .NET changes only its own copy of the variables, and ONNX Runtime asks the C library.
        if (!OperatingSystem.IsWindows() && SetVariable(Variable, Off, overwrite: 1) != 0)
        {
            throw new AutodidactException(
                FailureKind.Environment,
                $"the telemetry of ONNX Runtime cannot be turned off: set {Variable}={Off} before the program starts");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
