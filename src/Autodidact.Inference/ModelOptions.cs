using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>How a model is run.</summary>
public sealed record ModelOptions
{
    /// <summary>Threads of one prediction; 0 leaves the choice to ONNX Runtime (one a physical core).</summary>
    public int Threads { get; init; }

    /// <summary>Most images that go through the network at once.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Reads every graph of the model and runs it once when the model is loaded. A damaged graph then shows at once, and the first answer
    /// comes as fast as all later ones. Without it each graph is read when it is first needed: a program that asks for one exit does not
    /// wait for the others.
    /// </summary>
    public bool Verify { get; init; }

    /// <summary>Where the model is run. One that this ONNX Runtime does not have is refused when the model is loaded.</summary>
    public ExecutionProvider Provider { get; init; }

    /// <summary>
    /// Called on the options of every session before it is made: to append an execution provider with settings of your
    /// own, say (<c>o.AppendExecutionProvider_CUDA(1)</c>, with that provider's package). Null changes nothing.
    /// </summary>
    public Action<SessionOptions>? Configure { get; init; }
}
