namespace Autodidact.Images;

/// <summary>Which images a run wants, and how.</summary>
internal sealed record DataRequest
{
    /// <summary>The name of the built-in set.</summary>
    public const string BuiltIn = "synthetic";

    /// <summary>The name of images that a program hands over itself, see <see cref="Images"/>.</summary>
    public const string OfProgram = "program";

    /// <summary>A folder of images, a zip archive, the folder of CIFAR's binary files, or <see cref="BuiltIn"/>.</summary>
    public string Data { get; init; } = BuiltIn;

    /// <summary>Images that a program hands over, where <see cref="Data"/> is <see cref="OfProgram"/>.</summary>
    public ProgramImages? Images { get; init; }

    /// <summary>Images to evaluate on, named the same way, in place of those <see cref="Data"/> brings.</summary>
    public string? EvaluationData { get; init; }

    /// <summary>Where labels come from. They serve evaluation alone.</summary>
    public LabelSource Labels { get; init; } = LabelSource.Folders;

    /// <summary>Height and width of the packed images in pixels; null chooses (see <see cref="PackOptions.Side"/>).</summary>
    public int? ImageSize { get; init; }

    /// <summary>Where packs are kept; a second run over the same data finds them there.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Seed of the built-in set.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of training images of the built-in set.</summary>
    public int SyntheticTrainImages { get; init; } = 5_000;

    /// <summary>Number of evaluation images of the built-in set.</summary>
    public int SyntheticEvaluationImages { get; init; } = 2_000;

    /// <summary>The part that becomes the evaluation split where the data is labelled but not divided, chosen by key hash.</summary>
    public double EvaluationFraction { get; init; } = 0.1;

    /// <summary>False takes the training images alone: nothing is set aside, and a test part stays unread.</summary>
    public bool WithEvaluation { get; init; } = true;

    /// <summary>
    /// Whether a part of the images is set aside for evaluation; null decides by layout: labelled data without a test part is divided. A
    /// run that was divided stays so, whatever it is evaluated on later.
    /// </summary>
    public bool? SetAside { get; init; }

    /// <summary>
    /// Training images, chosen by key hash; 0 takes all there are. A larger number takes what a smaller one takes, and more.
    /// </summary>
    public int TrainImages { get; init; }

    /// <summary>Training images without which the data is refused, before any other set is packed.</summary>
    public int FewestTrainImages { get; init; } = 1;

    /// <summary>
    /// The part of the training images, by key hash, that is evaluated on and not trained on: settings are to be chosen without a look at
    /// test images. 0 is none.
    /// </summary>
    public double EvaluationShare { get; init; }

    /// <summary>
    /// Whether the images of <see cref="EvaluationShare"/> are evaluated on beside the evaluation images there are, not in their place.
    /// </summary>
    public bool JoinEvaluationShare { get; init; }

    /// <summary>Limits for each image.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>Number of images decoded at once. It does not change the result.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}

/// <summary>Images that a program hands over itself, in place of naming a place they lie in.</summary>
/// <param name="Train">Training images.</param>
/// <param name="Evaluation">Evaluation images; null for none.</param>
internal sealed record ProgramImages(IImageSource Train, IImageSource? Evaluation);
