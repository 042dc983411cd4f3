namespace Autodidact.Runs;

/// <summary>Where each artefact of a run lies. The names are a contract: other programs read them.</summary>
/// <param name="root">The run directory.</param>
public sealed class RunPaths(string root)
{
    /// <summary>Name of the exported model's folder in a run directory.</summary>
    internal const string ModelFolder = "model";

    /// <summary>The run directory, as a full path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Resolved options, seed, versions, hardware, data fingerprints, frozen step counts, finished stages.</summary>
    public string Run => In("run.json");

    /// <summary>Results.</summary>
    public string Summary => In("summary.json");

    /// <summary>One JSON object a logged step.</summary>
    public string Metrics => In("metrics.jsonl");

    /// <summary>Directory of TensorBoard event files.</summary>
    public string TensorBoard => In("tensorboard");

    /// <summary>Every image left out, with the reason.</summary>
    public string Skipped => In("skipped.csv");

    /// <summary>Directory of trainer states.</summary>
    public string Checkpoints => In("checkpoints");

    /// <summary>Self-supervised encoder.</summary>
    public string Encoder => In("encoder.safetensors");

    /// <summary>An encoder of another maker, where one was given as an ONNX graph.</summary>
    public string EncoderGraph => In("encoder.onnx");

    /// <summary>Features of the evaluation images, in pack order, where they were given.</summary>
    public string EvaluationFeatures => In("evaluation-features.npy");

    /// <summary>Features of the target set, in pack order.</summary>
    public string Features => In("features.npy");

    /// <summary>Centroids, assignments, distances, margins.</summary>
    public string Clusters => In("clusters.safetensors");

    /// <summary>The first clustering as a table for people.</summary>
    public string PseudoLabels => In("pseudo-labels.csv");

    /// <summary>Multi-exit student.</summary>
    public string Student => In("student.safetensors");

    /// <summary>Folder of the exported model.</summary>
    public string Model => In(ModelFolder);

    /// <summary>Per-exit answers on the evaluation set.</summary>
    public string Predictions => In("predictions.npy");

    /// <summary>One self-contained page that shows the run.</summary>
    public string Report => In("report.html");

    /// <summary>The file a training process holds open; it stays behind empty and means nothing by itself.</summary>
    internal string Lock => In(".lock");

    private string In(string name) => Path.Combine(Root, name);
}
