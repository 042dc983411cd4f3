using Autodidact.Models;
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

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="student">The multi-exit network; the objective takes it over, and disposes it.</param>
    /// <param name="pseudoLabels">Cluster of each training image, in training order.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="views">One view, as a function of the training's progress.</param>
    /// <param name="seed">Seed of the adaptation layers' weights.</param>
    public SelfDistillation(MultiExitNetwork student, IReadOnlyList<int> pseudoLabels, SelfDistillationOptions options, Func<double, ViewSpec> views, ulong seed)
    {
        _options = options;
        _only = OnlyExit(student, options);
        _views = views;
        _targets = tensor(pseudoLabels.Select(l => (long)l).ToArray()).DetachFromDisposeScope();
        random.manual_seed((long)(seed & long.MaxValue));
        _network = new StudentWithAdapters(student, options.HintAdaptation && _only is null ? student.ExitCount - 1 : 0);
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

        var (loss, parts) = SelfDistillationLoss.Compute(_network.Student.forward(batch.Views.View(0)), _targets[rows], _options, _network.Adapt);
        return new ObjectiveLoss(loss, parts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _targets.Dispose();
        _network.Dispose();
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

        public StudentWithAdapters(MultiExitNetwork student, int adapterCount)
            : base(nameof(StudentWithAdapters))
        {
            this.student = student;
            var size = student.FeatureSize;
            adapters = nn.ModuleList(Enumerable.Range(0, adapterCount).Select(_ => nn.Linear(size, size)).ToArray());
            RegisterComponents();
        }

        public MultiExitNetwork Student => student;

        public Tensor Adapt(int exit, Tensor feature) => exit < adapters.Count ? adapters[exit].forward(feature) : feature;
    }
}
