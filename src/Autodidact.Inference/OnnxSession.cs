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

        options.Configure?.Invoke(session);
        return session;
    }
}
