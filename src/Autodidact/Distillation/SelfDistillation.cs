using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Self-distillation of a multi-exit student on pseudo-labels (stage three of SSSD). The deepest exit teaches the others; the targets are cluster
/// numbers, so no label is involved. The loss is <see cref="SelfDistillationLoss"/>.
/// </summary>
public sealed class SelfDistillation : IObjective
{
    private readonly SelfDistillationOptions _options;
    private readonly Func<double, ViewSpec> _views;
    private readonly Tensor _targets;
    private readonly StudentWithAdapters _network;
    private readonly int? _only;
    private readonly Tensor? _encoderFeatures;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="student">The multi-exit network; the objective takes it over, and disposes it.</param>
    /// <param name="pseudoLabels">Cluster of each training image, in training order.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="views">One view, as a function of the training's progress.</param>
    /// <param name="seed">Seed of the adaptation layers' weights.</param>
    /// <param name="encoderFeatures">The encoder's features of the training images, [images, d]; needed where <see cref="SelfDistillationOptions.EncoderFeature"/> is above 0. Copied.</param>
    public SelfDistillation(
        MultiExitNetwork student,
        IReadOnlyList<int> pseudoLabels,
        SelfDistillationOptions options,
        Func<double, ViewSpec> views,
        ulong seed,
        FeatureMatrix? encoderFeatures = null)
    {
        _options = options;
        _only = OnlyExit(student, options);
        _views = views;
        _targets = tensor(pseudoLabels.Select(l => (long)l).ToArray()).DetachFromDisposeScope();
        _encoderFeatures = options.EncoderFeature > 0 && _only is null
            ? Copy(encoderFeatures ?? throw new ArgumentNullException(nameof(encoderFeatures), "the encoder's features are asked for"))
            : null;
        random.manual_seed((long)(seed & long.MaxValue));
        _network = new StudentWithAdapters(student, options.HintAdaptation && _only is null ? student.ExitCount - 1 : 0, options.EncoderFeatureForm == EncoderFeatureForm.Direction ? (int?)_encoderFeatures?.shape[1] : null);
    }

    /// <inheritdoc/>
    public string Name => "sssd";

    /// <inheritdoc/>
    public nn.Module Network => _network;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterGroup> ParameterGroups => [ParameterGroup.Of(_network)];

    /// <inheritdoc/>
    public ViewSpec Views(double progress) => _views(progress);

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        var rows = tensor(batch.Indices.Select(i => (long)i).ToArray());
        if (_only is { } exit)
        {
            // Deeper stages and other branches are not even run: the cost is that of the compact network.
            var alone = SelfDistillationLoss.CrossEntropy(_network.Student.ForwardTo(batch.Views.View(0), exit).Logits, _targets[rows], _options.LabelSmoothing);
            return new ObjectiveLoss(alone, new Dictionary<string, Tensor> { ["hard"] = alone.detach() });
        }

        var outputs = _network.Student.forward(batch.Views.View(0));
        var (loss, parts) = SelfDistillationLoss.Compute(_options.ClassifiersOnly ? _network.ReadOff(outputs) : outputs, _targets[rows], _options, _network.Adapt);
        if (_encoderFeatures is null)
        {
            return new ObjectiveLoss(loss, parts);
        }

        var teacher = _encoderFeatures[rows];
        var distance = stack([.. outputs.Features.Select((feature, i) => Distance(i, feature, teacher))]).mean();
        return new ObjectiveLoss(loss + (_options.EncoderFeature * distance), new Dictionary<string, Tensor>(parts) { ["encoder_feature"] = distance.detach() });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _targets.Dispose();
        _encoderFeatures?.Dispose();
        _network.Dispose();
    }

    private Tensor Distance(int exit, Tensor feature, Tensor teacher) => _options.EncoderFeatureForm switch
    {
        EncoderFeatureForm.Direction => FeatureRegressionLoss.Compute(_network.Map(exit, feature), teacher),
        EncoderFeatureForm.Relations => RelationalDistillationLoss.Compute(feature, teacher, new RelationalDistillationOptions()).Loss,
        EncoderFeatureForm.Similarities => SimilarityPreservingLoss.Compute(feature, teacher, new SimilarityPreservingOptions()),
        var form => throw new InvalidOperationException($"unknown form {form}"),
    };

    private static Tensor Copy(FeatureMatrix features)
    {
        // In blocks: a managed array holds no more than 2 GB.
        const int block = 4096;
        using var scope = NewDisposeScope();
        var copy = empty(features.Rows, features.Columns, dtype: ScalarType.Float32);
        for (var row = 0; row < features.Rows; row += block)
        {
            var count = Math.Min(block, features.Rows - row);
            using var rows = tensor(features.Block(row, count).ToArray(), count, features.Columns);
            copy.narrow(0, row, count).copy_(rows);
        }

        return copy.DetachFromDisposeScope();
    }

    /// <summary>Position of the one exit that is trained; null where all are.</summary>
    private static int? OnlyExit(MultiExitNetwork student, SelfDistillationOptions options) => options.OnlyExit switch
    {
        0 => null,
        -1 => student.ExitCount - 1,
        var exit when exit <= student.ExitCount => exit - 1,
        var exit => throw new AutodidactException(FailureKind.Usage, $"distill.loss.only_exit={exit}: the student has {student.ExitCount} exits: choose one of them"),
    };

    private sealed class StudentWithAdapters : nn.Module
    {
        private readonly MultiExitNetwork student;
        private readonly ModuleList<Linear> adapters;
        private readonly ModuleList<Linear> maps;

        public StudentWithAdapters(MultiExitNetwork student, int adapterCount, int? encoderSize)
            : base(nameof(StudentWithAdapters))
        {
            this.student = student;
            var size = student.FeatureSize;
            adapters = nn.ModuleList(Enumerable.Range(0, adapterCount).Select(_ => nn.Linear(size, size)).ToArray());
            maps = nn.ModuleList((encoderSize is { } target ? Enumerable.Range(0, student.ExitCount).Select(_ => nn.Linear(size, target)) : []).ToArray());
            RegisterComponents();
        }

        public MultiExitNetwork Student => student;

        /// <summary>An exit's feature in the encoder's space.</summary>
        public Tensor Map(int exit, Tensor feature) => maps[exit].forward(feature);

        /// <summary>The same features, and logits that do not move them.</summary>
        public ExitOutputs ReadOff(ExitOutputs outputs) => new(outputs.Features, [.. outputs.Features.Select((feature, i) => student.Classify(i, feature.detach()))]);

        public Tensor Adapt(int exit, Tensor feature) => exit < adapters.Count ? adapters[exit].forward(feature) : feature;
    }
}
