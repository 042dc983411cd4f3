using Autodidact.Numerics;
using Autodidact.Ranks;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// A network and the loss that trains it: the extension point of the project. Every pretext method, self-distillation and every baseline is
/// one implementation in one file; the <see cref="Trainer"/> is the only loop and knows no method. An objective knows neither optimizers
/// nor data sets.
/// </summary>
public interface IObjective : IDisposable
{
    /// <summary>Name of the method, as the command line spells it (<c>simclr</c>).</summary>
    string Name { get; }

    /// <summary>Every module the objective trains or keeps; its parameters and buffers are what a checkpoint holds.</summary>
    nn.Module Network { get; }

    /// <summary>The trainable parameters, grouped by how their learning rate moves.</summary>
    IReadOnlyList<ParameterGroup> ParameterGroups { get; }

    /// <summary>Parts of the training with a schedule of their own, in order; their fractions add up to 1.</summary>
    IReadOnlyList<TrainingPhase> Phases => TrainingPhase.Single;

    /// <summary>
    /// State beyond <see cref="Network"/> that a resumed run needs (queues, centres), by name. The tensors are read and written in place.
    /// </summary>
    IReadOnlyDictionary<string, Tensor> State => EmptyState.Instance;

    /// <summary>
    /// Whether the loss of a batch that ranks have a part of each is that of one process: true only where <see cref="Loss"/> joins what it
    /// compares by <see cref="ObjectiveBatch.Gather"/>, and draws random numbers from <see cref="ObjectiveBatch.Random"/> alone. An
    /// objective that says no is trained by one rank.
    /// </summary>
    bool DividesAmongRanks => false;

    /// <summary>The views each image is turned into at this point of the training.</summary>
    /// <param name="progress">Fraction of the training done, 0 to 1.</param>
    ViewSpec Views(double progress);

    /// <summary>Called at the start of each phase, before its first step, also after a resume inside the phase.</summary>
    /// <param name="phase">Position in <see cref="Phases"/>.</param>
    void BeginPhase(int phase)
    {
    }

    /// <summary>Called before the first step of each epoch.</summary>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="features">
    /// Computes features of every training image under the plain view; costs a forward pass over the set when called.
    /// </param>
    /// <param name="progress">Fraction of the training done, 0 to 1.</param>
    void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
    }

    /// <summary>Loss of one batch. Tensors made on the way belong to the step's dispose scope.</summary>
    /// <param name="batch">Views and indices of the batch's images.</param>
    /// <param name="progress">Fraction of the training done, 0 to 1.</param>
    ObjectiveLoss Loss(ObjectiveBatch batch, double progress);

    /// <summary>Called with gradients ready, before the optimizer moves the weights (freeze, clip one part).</summary>
    /// <param name="progress">Fraction of the training done, 0 to 1.</param>
    void BeforeStep(double progress)
    {
    }

    /// <summary>Called after the optimizer moved the weights (momentum encoder, queue, centre).</summary>
    /// <param name="progress">Fraction of the training done, 0 to 1.</param>
    void AfterStep(double progress)
    {
    }
}

/// <summary>Features of every training image (rows in training order) under <paramref name="model"/>, plain view, no gradient.</summary>
/// <param name="model">Maps images float32 [B, 3, S, S] to features [B, D].</param>
public delegate FeatureMatrix FeaturePass(Func<Tensor, Tensor> model);

/// <summary>One batch as an objective sees it.</summary>
/// <param name="Views">Augmented views, float32, channels-last; of this rank's images, where ranks have a part each.</param>
/// <param name="Indices">
/// Position in the training set of each image of the whole batch, so that an objective may look up its own targets.
/// </param>
public sealed record ObjectiveBatch(ViewBatch Views, IReadOnlyList<int> Indices)
{
    /// <summary>The ranks that share the batch.</summary>
    public RankGroup Ranks { get; init; } = RankGroup.Single;

    /// <summary>The step's own random numbers, the same on every rank; null leaves them to torch's generator.</summary>
    public Generator? Random { get; init; }

    /// <summary>Images of the whole batch, B.</summary>
    public int ImageCount => Indices.Count;

    /// <summary>
    /// Joins rows of this rank's images to those of the whole batch; alone, a rank gets its own back. Gradients go to this rank's rows, and
    /// the trainer sums them over the ranks. Nothing that is trained may come after it.
    /// </summary>
    /// <param name="own">This rank's rows: [V * b, ...], those of view 0 first.</param>
    /// <returns>[V * B, ...], in the order one process has them.</returns>
    public Tensor Gather(Tensor own) => Ranks.Gather(own, ImageCount);

    /// <summary>This rank's rows of what the whole batch has, such as targets: the reverse of <see cref="Gather"/>.</summary>
    /// <param name="whole">[V * B, ...], those of view 0 first.</param>
    /// <returns>[V * b, ...].</returns>
    public Tensor Own(Tensor whole) => Ranks.Own(whole, ImageCount);

    /// <summary>
    /// The mean over the whole batch, from that over this rank's rows: for losses that look at one row at a time, which then need not be
    /// computed by every rank for all.
    /// </summary>
    /// <param name="own">A scalar: the mean over this rank's rows.</param>
    public Tensor Mean(Tensor own) => Ranks.Mean(own, ImageCount);
}

/// <summary>A loss and what else is worth logging.</summary>
/// <param name="Value">Scalar to be minimised, with gradient.</param>
/// <param name="Metrics">Scalars without gradient, by name.</param>
public sealed record ObjectiveLoss(Tensor Value, IReadOnlyDictionary<string, Tensor> Metrics);

/// <summary>A part of the training with its own warm-up and decay.</summary>
/// <param name="Name">Name for logs.</param>
/// <param name="Fraction">Share of the steps, 0 to 1.</param>
public sealed record TrainingPhase(string Name, double Fraction)
{
    /// <summary>The whole training as one phase.</summary>
    public static IReadOnlyList<TrainingPhase> Single { get; } = [new("train", 1)];
}

internal static class EmptyState
{
    public static readonly IReadOnlyDictionary<string, Tensor> Instance = new Dictionary<string, Tensor>();
}
