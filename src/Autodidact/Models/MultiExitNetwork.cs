using Autodidact.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// A backbone with an exit after each stage: a branch brings the stage's map to the deepest stage's channels, global average pooling makes
/// the exit's feature, a linear layer its logits. The deepest exit has no branch. Zhang et al., "Be your own teacher", ICCV 2019, arXiv
/// 1905.08094.
/// </summary>
public sealed class MultiExitNetwork : nn.Module<Tensor, ExitOutputs>
{
    private readonly Architecture _architecture;
    private readonly Backbone backbone;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> branches;
    private readonly ModuleList<Linear> classifiers;

    /// <summary>Makes the network; its weights are a function of the seed.</summary>
    /// <param name="architecture">Architecture of the backbone.</param>
    /// <param name="options">Exits.</param>
    /// <param name="seed">Seed of the weights.</param>
    public MultiExitNetwork(Architecture architecture, MultiExitOptions options, ulong seed)
        : base(nameof(MultiExitNetwork))
    {
        _architecture = architecture;
        Options = options;
        _architecture = architecture;
        backbone = architecture.Create(seed);
        var channels = backbone.StageChannels;
        branches = nn.ModuleList(
            Enumerable.Range(0, channels.Count - 1).Select(stage => Branches.Make(options, channels, stage)).ToArray());
        classifiers = nn.ModuleList(channels.Select(_ => nn.Linear(backbone.FeatureSize, options.Outputs)).ToArray());
        RegisterComponents();
        Initialization.Draw(branches, seed);
        Initialization.Draw(classifiers, seed);
        this.ToChannelsLast();
    }

    /// <summary>The exits' shape.</summary>
    public MultiExitOptions Options { get; }

    /// <summary>The backbone.</summary>
    public Backbone Backbone => backbone;

    /// <summary>Number of exits.</summary>
    public int ExitCount => classifiers.Count;

    /// <summary>Size of every exit's feature.</summary>
    public int FeatureSize => backbone.FeatureSize;

    /// <inheritdoc/>
    public override ExitOutputs forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor[] features;
        using (EnterPrecision(input))
        {
            features = [.. backbone.ForwardStages(input).Select((map, exit) => Feature(exit, map))];
        }

        return new ExitOutputs(
            [.. features.Select(f => f.MoveToOuterDisposeScope())],
            [.. features.Select((feature, exit) => Classify(exit, feature).MoveToOuterDisposeScope())]);
    }

    /// <summary>Feature [B, D] and logits [B, K] of one exit, running only what it needs.</summary>
    /// <param name="images">float32 [B, 3, S, S], channels-last.</param>
    /// <param name="exit">0 is the shallowest.</param>
    public (Tensor Feature, Tensor Logits) ForwardTo(Tensor images, int exit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exit);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(exit, ExitCount);
        using var scope = NewDisposeScope();
        Tensor feature;
        using (EnterPrecision(images))
        {
            feature = Feature(exit, backbone.ForwardTo(images, exit));
        }

        return (feature.MoveToOuterDisposeScope(), Classify(exit, feature).MoveToOuterDisposeScope());
    }

    /// <summary>Logits [B, K] of an exit's feature.</summary>
    /// <param name="exit">0 is the shallowest.</param>
    /// <param name="feature">[B, D], as <see cref="forward"/> gives it.</param>
    public Tensor Classify(int exit, Tensor feature) => classifiers[exit].call(feature);

    /// <summary>A network of the same shape and state that shares nothing with this one.</summary>
    public MultiExitNetwork Copy()
    {
        var copy = new MultiExitNetwork(_architecture, Options, seed: 0).On(this.DeviceOf());
        ModuleStore.Copy(this, copy);
        return copy;
    }

    /// <summary>Gives every classifier new starting weights.</summary>
    /// <param name="seed">Seed of the weights.</param>
    public void DrawClassifiers(ulong seed) => Initialization.Draw(classifiers, seed);

    /// <summary>Makes an exit's logits the products of its feature with given rows, without a bias.</summary>
    /// <param name="exit">0 is the shallowest.</param>
    /// <param name="rows">[K, D].</param>
    public void SetClassifier(int exit, Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.dim() != 2 || rows.shape[0] != Options.Outputs || rows.shape[1] != FeatureSize)
        {
            throw new ArgumentException(
                $"expected [{Options.Outputs}, {FeatureSize}], got [{string.Join(", ", rows.shape)}]", nameof(rows));
        }

        using var noGrad = no_grad();
        classifiers[exit].weight!.copy_(rows);
        classifiers[exit].bias!.zero_();
    }

    /// <summary>A copy of the network as it is now, in evaluation mode and without gradients: a teacher, owned by the caller.</summary>
    public MultiExitNetwork FrozenCopy() => Copy().Frozen();

    private Tensor Feature(int exit, Tensor map) => Backbone.Pool(exit < branches.Count ? branches[exit].call(map) : map);

    private MixedPrecision.Region EnterPrecision(Tensor input) =>
        MixedPrecision.Enter(training && backbone.Precision == Precision.Mixed, input.device_type);
}
