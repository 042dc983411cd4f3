using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>Makes every session of ONNX Runtime that Autodidact uses: with its settings, and with the telemetry off.</summary>
internal static class OnnxSession
{
    /// <summary>A session of a graph.</summary>
    /// <param name="graph">The graph's file, read.</param>
    /// <param name="options">How to run it.</param>
    public static InferenceSession Open(byte[] graph, ModelOptions options)
    {
        using var settings = Settings(options);
        return new InferenceSession(graph, settings);
    }

    /// <summary>A session of a graph that ONNX Runtime reads by itself.</summary>
    /// <param name="path">The graph's file.</param>
    /// <param name="options">How to run it.</param>
    public static InferenceSession Open(string path, ModelOptions options)
    {
        using var settings = Settings(options);
        return new InferenceSession(path, settings);
    }

    /// <summary>Refuses a provider that this ONNX Runtime does not have.</summary>
    /// <param name="provider">The provider.</param>
    /// <exception cref="AutodidactException">It is not there; kind Environment.</exception>
    public static void Require(ExecutionProvider provider)
    {
        if (provider == ExecutionProvider.Cpu) return;
        RuntimeTelemetry.TurnOff();
        var (name, remedy) = provider switch
        {
            ExecutionProvider.Cuda => (
                "CUDAExecutionProvider", "use the package Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime"),
            ExecutionProvider.Directml => (
                "DmlExecutionProvider",
                "on Windows, use the package Microsoft.ML.OnnxRuntime.DirectML in place of Microsoft.ML.OnnxRuntime"),
            ExecutionProvider.Coreml => ("CoreMLExecutionProvider", "it comes with Microsoft.ML.OnnxRuntime on macOS alone"),
            _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "no provider of this name is known"),
        };
        if (OrtEnv.Instance().GetAvailableProviders().Contains(name)) return;
        throw new AutodidactException(
            FailureKind.Environment, $"provider {NameOf(provider)}: this build of ONNX Runtime does not have it: {remedy}, or take cpu");
    }

    private static string NameOf(ExecutionProvider provider) => provider.ToString().ToLowerInvariant();

    private static void Append(SessionOptions session, ExecutionProvider provider)
    {
        Require(provider);
        try
        {
            switch (provider)
            {
                case ExecutionProvider.Cuda:
                    session.AppendExecutionProvider_CUDA();
                    break;
                case ExecutionProvider.Directml:
                    // It takes neither.
                    session.EnableMemoryPattern = false;
                    session.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
                    session.AppendExecutionProvider_DML();
                    break;
                case ExecutionProvider.Coreml:
                    session.AppendExecutionProvider_CoreML();
                    break;
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new AutodidactException(
                FailureKind.Environment, $"provider {NameOf(provider)}: it does not start: {OneLine.From(e.Message)}: take cpu", e);
        }
    }

    private static SessionOptions Settings(ModelOptions options)
    {
        RuntimeTelemetry.TurnOff();

        // Failures are thrown, and told in one line: the log would tell them again.
        var session = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        if (options.Threads > 0)
        {
            session.IntraOpNumThreads = options.Threads;
        }

        // Idle workers must sleep: a staged model has a pool of threads for each graph, and pools that spin while they
        // wait take the cores from the one at work (staged prediction was two to three times slower with them).
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");

        // Without VNNI, products of two 8-bit tensors can overflow 16 bits on the way: ask for the kernels that cannot. With it they halve
        // the speed for nothing.
        if (X86Base.IsSupported && !Vnni.IsSupported)
        {
            session.AddSessionConfigEntry("session.x64quantprecision", "1");
        }

        try
        {
            Append(session, options.Provider);
            options.Configure?.Invoke(session);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
