using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Self-distillation of a multi-exit student on pseudo-labels (stage three of SSSD). The deepest exit teaches the others; the targets are cluster
/// numbers, so no label is involved. The loss is <see cref="SelfDistillationLoss"/>.
/// </summary>
public class SelfDistillation : StudentObjective
{
    private readonly SelfDistillationOptions _options;
    private readonly int? _only;
    private readonly Tensor? _encoderFeatures;
    private readonly ModuleList<Linear> _adapters;
    private readonly ModuleList<Linear> _maps;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="encoderFeatures">The encoder's features of the training images, [images, d]; needed where <see cref="SelfDistillationOptions.EncoderFeature"/> is above 0. Copied.</param>
    public SelfDistillation(StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures = null)
        : this("sssd", training, options, encoderFeatures)
    {
    }

    /// <summary>For methods that train a student so, and change its targets.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="encoderFeatures">As above.</param>
    protected SelfDistillation(string name, StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures)
        : base(name, training)
    {
        _options = options;
        _only = OnlyExit(Student, options);
        _encoderFeatures = options.EncoderFeature > 0 && _only is null
            ? Copy(encoderFeatures ?? throw new ArgumentNullException(nameof(encoderFeatures), "the encoder's features are asked for"))
            : null;
        var size = Student.FeatureSize;
        _adapters = Beside("adapters", Layers(options.HintAdaptation && _only is null ? Student.ExitCount - 1 : 0, size, size));
        var directions = _encoderFeatures is not null && options.EncoderFeatureForm == EncoderFeatureForm.Direction;
        _maps = Beside("maps", Layers(directions ? Student.ExitCount : 0, size, _encoderFeatures?.shape[1] ?? 0));
    }

    /// <summary>Position of the deepest exit that is trained.</summary>
    protected int DeepestTrained => _only ?? Student.ExitCount - 1;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        var targets = Targets(rows);
        if (_only is { } exit)
        {
            // Deeper stages and other branches are not even run: the cost is that of the compact network.
            var alone = SelfDistillationLoss.CrossEntropy(Student.ForwardTo(batch.Views.View(0), exit).Logits, targets, _options.LabelSmoothing);
            return new ObjectiveLoss(alone, new Dictionary<string, Tensor> { ["hard"] = alone.detach() });
        }

        var outputs = Forward(batch.Views.View(0));
        var (loss, parts) = SelfDistillationLoss.Compute(_options.ClassifiersOnly ? ReadOff(outputs) : outputs, targets, _options, Adapt);
        if (_encoderFeatures is null)
        {
            return new ObjectiveLoss(loss, parts);
        }

        var teacher = _encoderFeatures[rows];
        var distance = stack([.. outputs.Features.Select((feature, i) => Distance(i, feature, teacher))]).mean();
        return new ObjectiveLoss(loss + (_options.EncoderFeature * distance), new Dictionary<string, Tensor>(parts) { ["encoder_feature"] = distance.detach() });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _encoderFeatures?.Dispose();
        base.Dispose(disposing);
    }

    private static ModuleList<Linear> Layers(int count, long inputs, long outputs) =>
        nn.ModuleList(Enumerable.Range(0, count).Select(_ => nn.Linear(inputs, outputs)).ToArray());

    private Tensor Adapt(int exit, Tensor feature) => exit < _adapters.Count ? _adapters[exit].forward(feature) : feature;

    private Tensor Distance(int exit, Tensor feature, Tensor teacher) => _options.EncoderFeatureForm switch
    {
        EncoderFeatureForm.Direction => FeatureRegressionLoss.Compute(_maps[exit].forward(feature), teacher),
        EncoderFeatureForm.Relations => RelationalDistillationLoss.Compute(feature, teacher, new RelationalDistillationOptions()).Loss,
        EncoderFeatureForm.Similarities => SimilarityPreservingLoss.Compute(feature, teacher, new SimilarityPreservingOptions()),
        var form => throw new InvalidOperationException($"unknown form {form}"),
    };

    /// <summary>Position of the one exit that is trained; null where all are.</summary>
    private static int? OnlyExit(MultiExitNetwork student, SelfDistillationOptions options) => options.OnlyExit switch
    {
        0 => null,
        -1 => student.ExitCount - 1,
        var exit when exit <= student.ExitCount => exit - 1,
        var exit => throw new AutodidactException(FailureKind.Usage, $"distill.loss.only_exit={exit}: the student has {student.ExitCount} exits: choose one of them"),
    };
}
