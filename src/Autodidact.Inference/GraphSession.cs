using Autodidact.Images;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>One graph in ONNX Runtime, loaded when it is first run: a process that asks for one exit should not wait for the others. Thread-safe.</summary>
internal sealed class GraphSession : IDisposable
{
    private readonly Lazy<InferenceSession> _session;

    /// <summary>Names a graph; nothing is read yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to run it.</param>
    public GraphSession(string path, ModelOptions options)
    {
        Path = path;
        _session = new Lazy<InferenceSession>(() => Open(path, options));
    }

    public string Path { get; }

    /// <summary>Outputs of the graph, in its order.</summary>
    public IReadOnlyList<string> Outputs => _session.Value.OutputNames;

    /// <summary>Runs the graph on its one input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <returns>The outputs, in that order; disposed by the caller.</returns>
    /// <exception cref="AutodidactException">The graph does not fit; kind Data.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(OrtValue input, IReadOnlyCollection<string> outputs)
    {
        var session = _session.Value;
        try
        {
            using var run = new RunOptions();
            return session.Run(run, session.InputNames, [input], outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new AutodidactException(FailureKind.Data, $"{Path}: the graph cannot be run ({OneLine.From(e.Message)}): export the model again", e);
        }
    }

    public void Dispose()
    {
        if (_session.IsValueCreated)
        {
            _session.Value.Dispose();
        }
    }

    /// <summary>Settings of a session; disposed by the caller.</summary>
    /// <param name="options">How to run it.</param>
    public static SessionOptions SessionOptions(ModelOptions options)
    {
        var session = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (options.Threads > 0)
        {
            session.IntraOpNumThreads = options.Threads;
        }

        // Idle workers must sleep: a staged model has a pool of threads for each graph, and pools that spin while they
        // wait take the cores from the one at work (staged prediction was two to three times slower with them).
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");

        // Without VNNI, products of two 8-bit tensors can overflow 16 bits on the way: ask for the kernels that cannot.
        session.AddSessionConfigEntry("session.x64quantprecision", "1");
        options.Configure?.Invoke(session);
        return session;
    }

    private static InferenceSession Open(string path, ModelOptions options)
    {
        if (!File.Exists(path))
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: no such file: export the model again");
        }

        try
        {
            using var session = SessionOptions(options);
            var opened = new InferenceSession(path, session);
            return opened.InputNames.Count == 1
                ? opened
                : throw new AutodidactException(FailureKind.Data, $"{path}: it takes {opened.InputNames.Count} inputs, expected one: export the model again");
        }
        catch (OnnxRuntimeException e)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: not a graph that ONNX Runtime reads ({OneLine.From(e.Message)}): export the model again", e);
        }
    }
}
