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
/// Self-distillation of a multi-exit student on pseudo-labels (stage three of SSSD). The deepest exit teaches the others; the targets are
/// cluster numbers, so no label is involved. The loss is <see cref="SelfDistillationLoss"/>.
/// </summary>
internal sealed class SelfDistillation : StudentObjective
{
    private const int ProjectorHidden = 512;
    private const int ProjectorOutput = 128;

    private readonly SelfDistillationOptions _options;
    private readonly bool _regresses;
    private readonly EncoderKnowledge _knowledge;
    private readonly Tensor? _anchors;
    private readonly PseudoTargets _targets;
    private readonly ModuleList<Linear> _adapters;
    private readonly ModuleList<Linear> _maps;
    private readonly ExtraClusterings? _clusterings;
    private readonly ProjectionHead? _projector;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="training">
    /// The student and its targets; two views of an image where <see cref="SelfDistillationOptions.Contrast"/> is above 0.
    /// </param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="encoderFeatures">
    /// The encoder's features of the training images, [images, d]; needed for <see cref="SelfDistillationOptions.EncoderFeature"/>, soft
    /// and neighbours' targets, confidence and further clusterings. Not kept.
    /// </param>
    /// <param name="centroids">
    /// Centroids of the pseudo-labels' clusters among those features, [clusters, d]; needed for soft targets. Not kept.
    /// </param>
    /// <exception cref="AutodidactException">Options contradict each other; kind Usage.</exception>
    /// <exception cref="ArgumentException">One exit alone is to be trained, which is <see cref="SingleExit"/>.</exception>
    public SelfDistillation(
        StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures = null, FeatureMatrix? centroids = null)
        : base("sssd", training)
    {
        if (OnlyExit is not null)
            throw new ArgumentException($"exit {OnlyExit} alone is to be trained: use {nameof(SingleExit)}", nameof(training));
        OptionRules.Check(options, []);
        _options = options;
        _regresses = options.EncoderFeature > 0;
        _knowledge = EncoderKnowledge.Of(options, encoderFeatures, training.Threads, keep: _regresses, device: Device);
        _targets = PseudoTargets.Of(options, training, _knowledge, centroids);
        var size = Student.FeatureSize;
        _adapters = Beside("adapters", Layers(options.HintAdaptation ? Student.ExitCount - 1 : 0, size, size));
        var mapped = _regresses && options.EncoderFeatureForm is EncoderFeatureForm.Direction or EncoderFeatureForm.Anchors;
        _maps = Beside("maps", Layers(mapped ? Student.ExitCount : 0, size, _knowledge.Features?.shape[1] ?? 0));
        _anchors = _regresses && options.EncoderFeatureForm == EncoderFeatureForm.Anchors
            ? EncoderAnchors.Directions(
                encoderFeatures!, EncoderAnchors.Draw(encoderFeatures!.Rows, options.Anchors, training.Seed), Device)
            : null;
        if (options.Clusterings > 0)
        {
            _clusterings = new ExtraClusterings(options, encoderFeatures!, _knowledge, Student, training);
            Beside("clusterings", _clusterings.Heads);
        }

        if (options.Contrast > 0)
        {
            _projector = Beside("projector", new ProjectionHead(size, [ProjectorHidden, ProjectorOutput]));
        }
    }

    /// <summary>The objective of a student that learns so: every exit together, or the one exit that the training names.</summary>
    internal static StudentObjective Of(
        StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures, FeatureMatrix? centroids) =>
        training.OnlyExit is null
            ? new SelfDistillation(training, options, encoderFeatures, centroids)
            : new SingleExit(training, options, encoderFeatures, centroids);

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        if (_projector is not null)
        {
            if (batch.Views.ViewCount != 2)
                throw new ArgumentException($"expected 2 views of each image, got {batch.Views.ViewCount}", nameof(batch));

            // Both views in one pass, so that batch norm sees them together; each is an image of its own to all losses.
            rows = rows.repeat(2);
        }

        var outputs = Forward(_projector is null ? batch.Views.View(0) : batch.Views.All);
        var (loss, parts) = Distill(batch, _options.ClassifiersOnly ? ReadOff(outputs) : outputs, rows);
        if (_regresses)
        {
            var teacher = _knowledge.Features![rows];
            var distance = stack([.. outputs.Features.Select((feature, i) => Distance(batch, i, feature, teacher))]).mean();
            loss += _options.EncoderFeature * distance;
            parts["encoder_feature"] = distance.detach();
        }

        if (_projector is not null)
        {
            var contrast = NtXentLoss.Compute(batch.Gather(_projector.call(outputs.Features[^1])), _options.ContrastTemperature);
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
            _knowledge.Dispose();
            _anchors?.Dispose();
            _targets.Dispose();
            _clusterings?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Hard, soft and hint. Cross entropy and divergence are averaged over the clusterings, so that their weights keep their meaning.
    /// </summary>
    private (Tensor Loss, Dictionary<string, Tensor> Parts) Distill(ObjectiveBatch batch, ExitOutputs own, Tensor rows)
    {
        var (targets, weights) = _targets.Of(rows, Targets(rows));
        var heads = 1 + (_clusterings?.Count ?? 0);
        var outputs = Gather(batch, own);
        Tensor[] adapted = [.. own.Features.Take(_adapters.Count).Select((feature, exit) => batch.Gather(_adapters[exit].call(feature)))];
        var (loss, parts) = SelfDistillationLoss.Compute(
            outputs,
            targets,
            heads == 1 ? _options : _options with { Hint = _options.Hint * heads },
            (exit, feature) => exit < adapted.Length ? adapted[exit] : feature,
            weights);
        var all = new Dictionary<string, Tensor>(parts);
        if (_clusterings is null)
        {
            return (loss, all);
        }

        var others = _clusterings.Loss(batch, own.Features, rows);
        all["clusterings"] = others.detach() / _clusterings.Count;
        return ((loss + others) / heads, all);
    }

    private static ModuleList<Linear> Layers(int count, long inputs, long outputs) =>
        nn.ModuleList(Enumerable.Range(0, count).Select(_ => nn.Linear(inputs, outputs)).ToArray());

    private Tensor Distance(ObjectiveBatch batch, int exit, Tensor feature, Tensor teacher) => _options.EncoderFeatureForm switch
    {
        EncoderFeatureForm.Direction => batch.Mean(
            FeatureRegressionLoss.Compute(_maps[exit].call(feature), batch.Own(teacher))),
        EncoderFeatureForm.Relations => RelationalDistillationLoss.Compute(batch.Gather(feature), teacher, _options.Relations).Loss,
        EncoderFeatureForm.Anchors => batch.Mean(CompRessLoss.Compute(
            _maps[exit].call(feature), batch.Own(teacher), _anchors!, _anchors!, _options.AnchorTemperature)),
        EncoderFeatureForm.Similarities => SimilarityPreservingLoss.Compute(batch.Gather(feature), teacher, _options.Similarities),
        var form => throw new InvalidOperationException($"unknown form {form}"),
    };
}
