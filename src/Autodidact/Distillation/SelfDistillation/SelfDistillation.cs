using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Options;
using Autodidact.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Self-distillation of a multi-exit student on pseudo-labels (stage three of SSSD). The deepest exit teaches the others; the targets are cluster
/// numbers, so no label is involved. The loss is <see cref="SelfDistillationLoss"/>.
/// </summary>
internal class SelfDistillation : StudentObjective
{
    /// <summary>Images among which neighbours are sought: all of a set that is not larger. The search is exact, and of a million images by a million it would take longer than the training.</summary>
    private const int NeighbourCandidates = 131_072;

    private const int ProjectorHidden = 512;
    private const int ProjectorOutput = 128;

    private readonly SelfDistillationOptions _options;
    private readonly int? _only;
    private readonly bool _regresses;
    private readonly Tensor? _encoderFeatures;
    private readonly Tensor? _anchors;
    private readonly PseudoTargets _targets;
    private readonly ModuleList<Linear> _adapters;
    private readonly ModuleList<Linear> _maps;
    private readonly ExtraClusterings? _clusterings;
    private readonly ProjectionHead? _projector;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="training">The student and its targets; two views of an image where <see cref="SelfDistillationOptions.Contrast"/> is above 0.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="encoderFeatures">
    /// The encoder's features of the training images, [images, d]; needed for <see cref="SelfDistillationOptions.EncoderFeature"/>, soft and neighbours' targets, confidence and
    /// further clusterings. Not kept.
    /// </param>
    /// <param name="centroids">Centroids of the pseudo-labels' clusters among those features, [clusters, d]; needed for soft targets. Not kept.</param>
    /// <exception cref="AutodidactException">Options contradict each other, or there is no such exit; kind Usage.</exception>
    public SelfDistillation(StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures = null, FeatureMatrix? centroids = null)
        : this("sssd", training, options, encoderFeatures, centroids)
    {
    }

    /// <summary>For methods that train a student so, and change its targets.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="encoderFeatures">As above.</param>
    /// <param name="centroids">As above.</param>
    protected SelfDistillation(string name, StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures, FeatureMatrix? centroids)
        : base(name, training)
    {
        OptionRules.Check(options, []);
        _options = options;
        _only = options.TrainedExit(Student.ExitCount);
        _regresses = options.EncoderFeature > 0 && _only is null;
        var features = !options.NeedsEncoderFeatures
            ? null
            : encoderFeatures ?? throw new ArgumentNullException(nameof(encoderFeatures), "the encoder's features are asked for");
        var soft = options.Targets == TargetForm.Soft;
        _encoderFeatures = _regresses || soft ? FeatureTensors.Table(features!) : null;
        var neighbors = options.NeedsNeighbours ? NeighborSearch.Find(features!, Math.Min(options.Neighbours, features!.Rows - 1), training.Threads, NeighbourCandidates) : null;
        var knowledge = new EncoderKnowledge(_encoderFeatures, neighbors);
        _targets = new PseudoTargets(
            options,
            training.PseudoLabels,
            Student.Options.Outputs,
            knowledge,
            soft ? FeatureTensors.Table(centroids ?? throw new ArgumentNullException(nameof(centroids), "the clusters' centroids are asked for")) : null);
        var size = Student.FeatureSize;
        _adapters = Beside("adapters", Layers(options.HintAdaptation && _only is null ? Student.ExitCount - 1 : 0, size, size));
        var mapped = _regresses && options.EncoderFeatureForm is EncoderFeatureForm.Direction or EncoderFeatureForm.Anchors;
        _maps = Beside("maps", Layers(mapped ? Student.ExitCount : 0, size, _encoderFeatures?.shape[1] ?? 0));
        _anchors = _regresses && options.EncoderFeatureForm == EncoderFeatureForm.Anchors ? EncoderAnchors.Directions(features!, EncoderAnchors.Draw(features!.Rows, options.Anchors, training.Seed)) : null;
        if (options.Clusterings > 0)
        {
            _clusterings = new ExtraClusterings(options, features!, knowledge, Student, training);
            Beside("clusterings", _clusterings.Heads);
        }

        if (options.Contrast > 0)
        {
            _projector = Beside("projector", new ProjectionHead(size, [ProjectorHidden, ProjectorOutput]));
        }
    }

    /// <summary>Position of the deepest exit that is trained.</summary>
    protected int DeepestTrained => _only ?? Student.ExitCount - 1;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        if (_only is { } exit)
        {
            // Deeper stages and other branches are not even run: the cost is that of the compact network.
            var (wanted, weights) = _targets.Of(rows, Targets(rows));
            var alone = SelfDistillationLoss.CrossEntropy(Student.ForwardTo(batch.Views.View(0), exit).Logits, wanted, _options.LabelSmoothing, weights);
            return new ObjectiveLoss(alone, new Dictionary<string, Tensor> { ["hard"] = alone.detach() });
        }

        if (_projector is not null)
        {
            if (batch.Views.ViewCount != 2) throw new ArgumentException($"expected 2 views of each image, got {batch.Views.ViewCount}", nameof(batch));

            // Both views in one pass, so that batch norm sees them together; each is an image of its own to all losses.
            rows = rows.repeat(2);
        }

        var outputs = Forward(_projector is null ? batch.Views.View(0) : batch.Views.All);
        var (loss, parts) = Distill(_options.ClassifiersOnly ? ReadOff(outputs) : outputs, rows);
        if (_regresses)
        {
            var teacher = _encoderFeatures![rows];
            var distance = stack([.. outputs.Features.Select((feature, i) => Distance(i, feature, teacher))]).mean();
            loss += _options.EncoderFeature * distance;
            parts["encoder_feature"] = distance.detach();
        }

        if (_projector is not null)
        {
            var contrast = NtXentLoss.Compute(_projector.call(outputs.Features[^1]), _options.ContrastTemperature);
            loss += _options.Contrast * contrast;
            parts["contrast"] = contrast.detach();
        }

        return new ObjectiveLoss(loss, parts);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _encoderFeatures?.Dispose();
            _anchors?.Dispose();
            _targets.Dispose();
            _clusterings?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Hard, soft and hint. Cross entropy and divergence are averaged over the clusterings, so that their weights keep their meaning.</summary>
    private (Tensor Loss, Dictionary<string, Tensor> Parts) Distill(ExitOutputs outputs, Tensor rows)
    {
        var (targets, weights) = _targets.Of(rows, Targets(rows));
        var heads = 1 + (_clusterings?.Count ?? 0);
        var (loss, parts) = SelfDistillationLoss.Compute(outputs, targets, heads == 1 ? _options : _options with { Hint = _options.Hint * heads }, Adapt, weights);
        var all = new Dictionary<string, Tensor>(parts);
        if (_clusterings is null)
        {
            return (loss, all);
        }

        var others = _clusterings.Loss(outputs.Features, rows);
        all["clusterings"] = others.detach() / _clusterings.Count;
        return ((loss + others) / heads, all);
    }

    private static ModuleList<Linear> Layers(int count, long inputs, long outputs) =>
        nn.ModuleList(Enumerable.Range(0, count).Select(_ => nn.Linear(inputs, outputs)).ToArray());

    private Tensor Adapt(int exit, Tensor feature) => exit < _adapters.Count ? _adapters[exit].forward(feature) : feature;

    private Tensor Distance(int exit, Tensor feature, Tensor teacher) => _options.EncoderFeatureForm switch
    {
        EncoderFeatureForm.Direction => FeatureRegressionLoss.Compute(_maps[exit].forward(feature), teacher),
        EncoderFeatureForm.Relations => RelationalDistillationLoss.Compute(feature, teacher, _options.Relations).Loss,
        EncoderFeatureForm.Anchors => CompRessLoss.Compute(_maps[exit].forward(feature), teacher, _anchors!, _anchors!, _options.AnchorTemperature),
        EncoderFeatureForm.Similarities => SimilarityPreservingLoss.Compute(feature, teacher, _options.Similarities),
        var form => throw new InvalidOperationException($"unknown form {form}"),
    };
}
