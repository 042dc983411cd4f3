namespace Autodidact.Runs;

/// <summary>Sizes of the data a run used.</summary>
public sealed record DataSummary
{
    /// <summary>Images of the pre-training set.</summary>
    public int? PretrainImages { get; init; }

    /// <summary>Training images of the target set.</summary>
    public int? TrainImages { get; init; }

    /// <summary>Evaluation images, looked at once, at the end.</summary>
    public int? EvalImages { get; init; }

    /// <summary>Training images held out for every choice.</summary>
    public int? HoldoutImages { get; init; }

    /// <summary>Images left out because they could not be read.</summary>
    public int? Skipped { get; init; }

    /// <summary>Images whose pixels equal those of an earlier image of the same split. They are kept.</summary>
    public int? Duplicates { get; init; }

    /// <summary>Whether labels were at hand for evaluation.</summary>
    public bool? Labelled { get; init; }

    /// <summary>Number of classes the labels name.</summary>
    public int? Classes { get; init; }
}

/// <summary>How well features serve, by the two standard probes and by their own clusters.</summary>
public sealed record RepresentationSummary
{
    /// <summary>Weighted k-NN accuracy.</summary>
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy.</summary>
    public double? Linear { get; init; }

    /// <summary>Accuracy of the one-to-one map of k-means on the features, with as many clusters as classes.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Accuracy of the majority map of k-means on the features, with the run's number of clusters.</summary>
    public double? Purity { get; init; }

    /// <summary>Normalised mutual information of that k-means with the classes.</summary>
    public double? Nmi { get; init; }

    /// <summary>Adjusted Rand index of that k-means with the classes.</summary>
    public double? Ari { get; init; }
}

/// <summary>The self-supervised stage.</summary>
public sealed record PretrainSummary
{
    /// <summary>Name of the method.</summary>
    public string? Method { get; init; }

    /// <summary>Name of the encoder's architecture.</summary>
    public string? Arch { get; init; }

    /// <summary>Epochs trained, with a fraction where a budget ended inside one.</summary>
    public double? Epochs { get; init; }

    /// <summary>Time of the stage.</summary>
    public double? Seconds { get; init; }

    /// <summary>Training images (not views) a second.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Weighted k-NN accuracy of the encoder.</summary>
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy of the encoder.</summary>
    public double? Linear { get; init; }

    /// <summary>Accuracy of the one-to-one map of k-means on the encoder's features, with as many clusters as classes.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Parameters of the encoder; absent where it came as a graph or as features.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates of an image.</summary>
    public long? Macs { get; init; }

    /// <summary>Most memory the process held while the encoder was trained, in MB; absent where the system does not tell (it is Linux that does), or the encoder was not trained.</summary>
    public double? PeakMemoryMb { get; init; }

    /// <summary>Monitor, at the end of the training: standard deviation of the features of held-out images, 1 where they spread evenly over the sphere, 0 where they collapsed.</summary>
    public double? Deviation { get; init; }

    /// <summary>Monitor: effective rank of those features.</summary>
    public double? EffectiveRank { get; init; }

    /// <summary>Monitor: uniformity of those features, lower is more even.</summary>
    public double? Uniformity { get; init; }

    /// <summary>Monitor: mean squared distance of an image's two views; absent where the method takes one.</summary>
    public double? Alignment { get; init; }

    /// <summary>True where the encoder was trained on labels, as a semi-supervised one is; absent everywhere else.</summary>
    public bool? UsesLabels { get; init; }
}

/// <summary>The clustering of the encoder's features; the scores are those of the evaluation images.</summary>
public sealed record ClusterSummary
{
    /// <summary>Number of clusters.</summary>
    public int? K { get; init; }

    /// <summary>Sum of squared distances to the centroids, training images.</summary>
    public double? Inertia { get; init; }

    /// <summary>Normalised mutual information with the classes.</summary>
    public double? Nmi { get; init; }

    /// <summary>Adjusted Rand index with the classes.</summary>
    public double? Ari { get; init; }

    /// <summary>Accuracy of the one-to-one map, where k is the number of classes.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Accuracy of the majority map.</summary>
    public double? Purity { get; init; }

    /// <summary>Images in the smallest cluster.</summary>
    public int? Smallest { get; init; }

    /// <summary>Images in the largest cluster.</summary>
    public int? Largest { get; init; }
}

/// <summary>The self-distillation stage.</summary>
public sealed record DistillSummary
{
    /// <summary>Name of the method.</summary>
    public string? Method { get; init; }

    /// <summary>Name of the student's architecture.</summary>
    public string? Arch { get; init; }

    /// <summary>Epochs trained, with a fraction where a budget ended inside one.</summary>
    public double? Epochs { get; init; }

    /// <summary>Time of the stage.</summary>
    public double? Seconds { get; init; }

    /// <summary>True where the student was trained on labels, as an upper bound is; absent everywhere else.</summary>
    public bool? UsesLabels { get; init; }
}

/// <summary>One exit of the student, or all together.</summary>
public sealed record ExitSummary
{
    /// <summary>Name of the row that stands for all exits together.</summary>
    public const string Ensemble = "ensemble";

    /// <summary>Number of the exit, from <c>1</c> (shallowest), or <see cref="Ensemble"/>.</summary>
    public required string Exit { get; init; }

    /// <summary>Parameters that running to this exit needs.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates that running one image to this exit needs.</summary>
    public long? Macs { get; init; }

    /// <summary>Images a second up to this exit.</summary>
    public double? ImagesPerSecond { get; init; }

    /// <summary>Weighted k-NN accuracy of the exit's features.</summary>
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy of the exit's features.</summary>
    public double? Linear { get; init; }

    /// <summary>Same answer as the deepest exit, on held-out images.</summary>
    public double? Agreement { get; init; }

    /// <summary>Normalised mutual information of the exit's answers with the classes.</summary>
    public double? Nmi { get; init; }

    /// <summary>Adjusted Rand index of the exit's answers with the classes.</summary>
    public double? Ari { get; init; }

    /// <summary>Accuracy of the one-to-one map of the exit's answers, where k is the number of classes.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Accuracy of the one-to-one map of k-means on the exit's features, with as many clusters as classes, as every representation above it is measured.</summary>
    public double? KmeansAccuracy { get; init; }

    /// <summary>Accuracy of the majority map of the exit's answers.</summary>
    public double? Purity { get; init; }
}

/// <summary>What one early-exit threshold gives.</summary>
public sealed record EarlyExitSummary
{
    /// <summary>Confidence from which an exit answers.</summary>
    public double? Threshold { get; init; }

    /// <summary>Same answer as the deepest exit, on held-out images.</summary>
    public double? Agreement { get; init; }

    /// <summary>Multiply-accumulates spent on an image, on average.</summary>
    public double? MeanMacs { get; init; }

    /// <summary>Accuracy on held-out images, each cluster standing for the commonest class of its training images.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Images a second in ONNX Runtime, in batches, decoding not counted.</summary>
    public double? ImagesPerSecond { get; init; }
}

/// <summary>Time of the run.</summary>
public sealed record SecondsSummary
{
    /// <summary>Wall-clock time of all stages, all sessions of a resumed run together; of a killed session up to a minute is missing.</summary>
    public double? Total { get; init; }
}
