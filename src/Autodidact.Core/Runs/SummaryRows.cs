using System.Globalization;
using System.Text.Json.Serialization;

namespace Autodidact.Runs;

/// <summary>Sizes of the data a run used.</summary>
public sealed record DataSummary
{
    /// <summary>Images of the pre-training set.</summary>
    [Figure("images of the pre-training set", FigureFormat.Count)]
    public int? PretrainImages { get; init; }

    /// <summary>Training images of the target set.</summary>
    [Figure("training images of the target set", FigureFormat.Count)]
    public int? TrainImages { get; init; }

    /// <summary>Evaluation images; a run looks at them once, at its end.</summary>
    [Figure("evaluation images; a run looks at them once, at its end", FigureFormat.Count)]
    public int? EvalImages { get; init; }

    /// <summary>Training images held out for every choice.</summary>
    [Figure("training images held out for every choice", FigureFormat.Count)]
    public int? HoldoutImages { get; init; }

    /// <summary>Images left out because they could not be read.</summary>
    [Figure("images left out because they could not be read", FigureFormat.Count)]
    public int? Skipped { get; init; }

    /// <summary>Images whose pixels equal those of an earlier image of the same split. They are kept.</summary>
    [Figure("images whose pixels equal those of an earlier image of the same split; they are kept", FigureFormat.Count)]
    public int? Duplicates { get; init; }

    /// <summary>Whether labels were at hand for evaluation.</summary>
    [Figure("whether labels were at hand for evaluation")]
    public bool? Labelled { get; init; }

    /// <summary>Number of classes the labels name.</summary>
    [Figure("number of classes that the labels name", FigureFormat.Count)]
    public int? Classes { get; init; }
}

/// <summary>The self-supervised stage: its own notes, and the scores of the encoder it left.</summary>
public sealed record PretrainSummary
{
    /// <summary>Name of the method.</summary>
    [Figure("name of the method")]
    public string? Method { get; init; }

    /// <summary>Name of the encoder's architecture.</summary>
    [Figure("name of the encoder's architecture")]
    public string? Arch { get; init; }

    /// <summary>Epochs trained, with a fraction where a budget ended inside one.</summary>
    [Figure("epochs trained, with a fraction where a budget ended inside one")]
    public double? Epochs { get; init; }

    /// <summary>Seconds that the stage took.</summary>
    [Figure("seconds that the stage took")]
    public double? Seconds { get; init; }

    /// <summary>Training images (not views) a second.</summary>
    [Figure("training images (not views) a second", FigureFormat.Count, Better = Better.Higher)]
    public double? ImagesPerSecond { get; init; }

    /// <summary>Scores of the encoder, measured by evaluation.</summary>
    [Scored(ScoredRows.Encoder)]
    public RepresentationScores Scores { get; init; } = new();

    /// <summary>Parameters of the encoder; absent where it came as a graph or as features.</summary>
    [Figure("parameters of the encoder; absent where it came as a graph or as features", FigureFormat.Large, Better = Better.Lower)]
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates of an image.</summary>
    [Figure("multiply-accumulates of an image", FigureFormat.Large, Better = Better.Lower)]
    public long? Macs { get; init; }

    /// <summary>
    /// Most memory the process held while it trained the encoder, in MB. Absent where the system does not tell (Linux does), or the run did
    /// not train the encoder.
    /// </summary>
    [Figure("most memory the process held while it trained the encoder, in MB", FigureFormat.Count, Better = Better.Lower)]
    public double? PeakMemoryMb { get; init; }

    /// <summary>
    /// Monitor at the end of the training: standard deviation of the features of held-out images. It is 1 where they spread evenly over the
    /// sphere, and 0 where they collapsed.
    /// </summary>
    [Figure("monitor: standard deviation of the features of held-out images; 1 is an even spread over the sphere, 0 a collapse")]
    public double? Deviation { get; init; }

    /// <summary>Monitor: effective rank of those features.</summary>
    [Figure("monitor: effective rank of those features")]
    public double? EffectiveRank { get; init; }

    /// <summary>Monitor: uniformity of those features, lower is more even.</summary>
    [Figure("monitor: uniformity of those features, lower is more even", Minimum = double.NegativeInfinity)]
    public double? Uniformity { get; init; }

    /// <summary>Monitor: mean squared distance of an image's two views; absent where the method takes one.</summary>
    [Figure("monitor: mean squared distance of an image's two views; absent where the method takes one")]
    public double? Alignment { get; init; }

    /// <summary>True where the encoder was trained on labels, as a semi-supervised one is; absent everywhere else.</summary>
    [Figure("true where the encoder was trained on labels, as a semi-supervised one is; absent everywhere else")]
    public bool? UsesLabels { get; init; }
}

/// <summary>The clustering of the encoder's features: its own notes, and the scores of the evaluation images.</summary>
public sealed record ClusterSummary
{
    /// <summary>Number of clusters.</summary>
    [Figure("number of clusters", FigureFormat.Count)]
    public int? K { get; init; }

    /// <summary>Sum of squared distances to the centroids, training images.</summary>
    [Figure("sum of squared distances of the training images to their centroids")]
    public double? Inertia { get; init; }

    /// <summary>Scores of the clusters, measured by evaluation.</summary>
    [Scored(ScoredRows.Clusters)]
    public RepresentationScores Scores { get; init; } = new();

    /// <summary>Images in the smallest cluster.</summary>
    [Figure("images in the smallest cluster", FigureFormat.Count)]
    public int? Smallest { get; init; }

    /// <summary>Images in the largest cluster.</summary>
    [Figure("images in the largest cluster", FigureFormat.Count)]
    public int? Largest { get; init; }
}

/// <summary>The self-distillation stage.</summary>
public sealed record DistillSummary
{
    /// <summary>Name of the method.</summary>
    [Figure("name of the method")]
    public string? Method { get; init; }

    /// <summary>Name of the student's architecture.</summary>
    [Figure("name of the student's architecture")]
    public string? Arch { get; init; }

    /// <summary>Epochs trained, with a fraction where a budget ended inside one.</summary>
    [Figure("epochs trained, with a fraction where a budget ended inside one")]
    public double? Epochs { get; init; }

    /// <summary>Seconds that the stage took.</summary>
    [Figure("seconds that the stage took")]
    public double? Seconds { get; init; }

    /// <summary>True where the student was trained on labels, as an upper bound is; absent everywhere else.</summary>
    [Figure("true where the student was trained on labels, as an upper bound is; absent everywhere else")]
    public bool? UsesLabels { get; init; }
}

/// <summary>One exit of the student, or all together.</summary>
public sealed record ExitSummary
{
    /// <summary>Name of the row that stands for all exits together.</summary>
    public const string Ensemble = "ensemble";

    /// <summary>Number of the exit as text, from <c>1</c> (shallowest), or <see cref="Ensemble"/>.</summary>
    [Figure(
        "number of the exit as text, from \"1\" (the shallowest), or \"ensemble\" for all exits together",
        Pattern = "^([1-9][0-9]*|ensemble)$")]
    public required string Exit { get; init; }

    /// <summary>Whether the row stands for all exits together.</summary>
    [JsonIgnore]
    public bool IsEnsemble => Exit == Ensemble;

    /// <summary>
    /// Number of the exit, from 1; null for the ensemble. The files of a model and <c>predict</c> name exits by this number.
    /// </summary>
    [JsonIgnore]
    public int? Number => int.TryParse(Exit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Parameters that running to this exit needs.</summary>
    [Figure("parameters that running to this exit needs", FigureFormat.Large, Better = Better.Lower)]
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates that running one image to this exit needs.</summary>
    [Figure("multiply-accumulates that running one image to this exit needs", FigureFormat.Large, Better = Better.Lower)]
    public long? Macs { get; init; }

    /// <summary>Images a second up to this exit.</summary>
    [Figure("images a second up to this exit", FigureFormat.Count, Better = Better.Higher)]
    public double? ImagesPerSecond { get; init; }

    /// <summary>Scores of the exit: of its features, of its answers, and of its agreement with the deepest exit.</summary>
    [Scored(ScoredRows.Exits)]
    public RepresentationScores Scores { get; init; } = new();
}

/// <summary>Figures of one early-exit threshold.</summary>
public sealed record EarlyExitSummary
{
    /// <summary>Confidence from which an exit answers.</summary>
    [Figure("confidence from which an exit answers")]
    public double? Threshold { get; init; }

    /// <summary>Same answer as the deepest exit, on held-out images.</summary>
    [Figure("fraction of held-out images that get the deepest exit's answer", FigureFormat.Fraction, Better = Better.Higher)]
    public double? Agreement { get; init; }

    /// <summary>Multiply-accumulates spent on an image, on average.</summary>
    [Figure("multiply-accumulates spent on an image, on average", FigureFormat.Large, Better = Better.Lower)]
    public double? MeanMacs { get; init; }

    /// <summary>Accuracy on held-out images, each cluster standing for the commonest class of its training images.</summary>
    [Figure(
        "accuracy on held-out images, each cluster standing for the commonest class of its training images",
        FigureFormat.Fraction,
        Better = Better.Higher)]
    public double? Accuracy { get; init; }

    /// <summary>Images a second in ONNX Runtime, in batches, decoding not counted.</summary>
    [Figure("images a second in ONNX Runtime, in batches, without decoding", FigureFormat.Count, Better = Better.Higher)]
    public double? ImagesPerSecond { get; init; }
}

/// <summary>Time of the run.</summary>
public sealed record SecondsSummary
{
    /// <summary>
    /// Wall-clock time of all stages, all sessions of a resumed run together; of a killed session up to a minute is missing.
    /// </summary>
    [Figure("wall-clock seconds of all stages, all sessions of a resumed run together; of a killed session up to a minute is missing")]
    public double? Total { get; init; }

    /// <summary>The same as it was predicted before the first training; null where the run was too short to be timed first.</summary>
    [Figure("the same as it was predicted before the first training; absent where the run was too short to be timed first")]
    public double? Predicted { get; init; }
}
