using Autodidact.Images;
using Autodidact.Views;

namespace Autodidact.Artefacts;

/// <summary>
/// The images of a run: the target set, the set to pre-train on where it is another, and how each is divided. Facts about the pixels are
/// measured once, when they are first asked for.
/// </summary>
internal sealed class PackedData : IDisposable
{
    private readonly Lazy<PixelNormalization> _targetStatistics;
    private readonly Lazy<PixelNormalization> _pretrainStatistics;

    /// <summary>Takes packed images over.</summary>
    /// <param name="target">The target set.</param>
    /// <param name="pretrain">The set to pre-train on; null is the target set.</param>
    /// <param name="holdout">Fraction of the training images of each set that is held out.</param>
    public PackedData(PreparedData target, PreparedData? pretrain, double holdout)
    {
        Target = target;
        Pretrain = pretrain ?? target;
        (TrainPositions, HeldOutPositions) = HoldOut.Split(target.Train, holdout);
        (PretrainPositions, PretrainHeldOut) =
            pretrain is null ? (TrainPositions, HeldOutPositions) : HoldOut.Split(pretrain.Train, holdout);
        _targetStatistics = new(() => PixelStatistics.Measure(target.Train));
        _pretrainStatistics = pretrain is null ? _targetStatistics : new(() => PixelStatistics.Measure(pretrain.Train));
    }

    /// <summary>The target set.</summary>
    public PreparedData Target { get; }

    /// <summary>The set to pre-train on; the target set itself where no other is named.</summary>
    public PreparedData Pretrain { get; }

    /// <summary>Target images trained on.</summary>
    public int[] TrainPositions { get; }

    /// <summary>Target images held out.</summary>
    public int[] HeldOutPositions { get; }

    /// <summary>Images of <see cref="Pretrain"/> trained on.</summary>
    public int[] PretrainPositions { get; }

    /// <summary>Images of <see cref="Pretrain"/> held out.</summary>
    public int[] PretrainHeldOut { get; }

    /// <summary>Mean and deviation of the target's training images.</summary>
    public PixelNormalization TargetStatistics => _targetStatistics.Value;

    /// <summary>Mean and deviation of the images to pre-train on.</summary>
    public PixelNormalization PretrainStatistics => _pretrainStatistics.Value;

    /// <summary>Images left out of either set.</summary>
    public int Skipped => Target.Skipped.Count + (ReferenceEquals(Target, Pretrain) ? 0 : Pretrain.Skipped.Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!ReferenceEquals(Pretrain, Target)) Pretrain.Dispose();
        Target.Dispose();
    }
}
