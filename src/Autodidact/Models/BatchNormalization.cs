using Autodidact.Native;
using Autodidact.Ranks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Batch normalisation of [B, C] or [B, C, H, W]: Ioffe &amp; Szegedy, ICML 2015, arXiv 1502.03167, with torch's names and conventions.
/// Trained by several ranks, its statistics are those of all ranks' rows, forward and backward.
/// </summary>
public sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    /// <summary>Added to the variance, as in torch.</summary>
    internal const double Epsilon = 1e-5;

    /// <summary>Share of a batch in the running statistics, as in torch.</summary>
    private const double Momentum = 0.1;

    private readonly Parameter? weight;
    private readonly Parameter? bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked;

    /// <summary>Makes a norm of scale 1 and shift 0.</summary>
    /// <param name="channels">C.</param>
    /// <param name="affine">Whether scale and shift are trained; else there are none.</param>
    public BatchNormalization(long channels, bool affine = true)
        : base(nameof(BatchNormalization))
    {
        Channels = channels;

        // A network may be made within a scope that ends before it.
        using var scope = NewDisposeScope();
        weight = affine ? nn.Parameter(ones(channels)) : null;
        bias = affine ? nn.Parameter(zeros(channels)) : null;
        running_mean = zeros(channels);
        running_var = ones(channels);
        num_batches_tracked = zeros([], ScalarType.Int64);
        scope.Detach([.. new Tensor?[] { weight, bias, running_mean, running_var, num_batches_tracked }.OfType<Tensor>()]);
        RegisterComponents();
    }

    /// <summary>C.</summary>
    public long Channels { get; }

    /// <summary>The ranks whose rows are normalised together.</summary>
    internal RankGroup Ranks { get; set; } = RankGroup.Single;

    /// <summary>Scale [C]; null without.</summary>
    internal Tensor? Weight => weight;

    /// <summary>Shift [C]; null without.</summary>
    internal Tensor? Bias => bias;

    /// <summary>Running mean [C].</summary>
    internal Tensor RunningMean => running_mean;

    /// <summary>Running variance [C].</summary>
    internal Tensor RunningVariance => running_var;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (training && Ranks.Size > 1) return Groups is null ? Together(input) : Alone(input, Groups);
        if (training)
        {
            using var noGrad = no_grad();
            num_batches_tracked.add_(1);
        }

        return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, Momentum, Epsilon);
    }

    /// <summary>Takes mean and unbiased variance of each group, [2, C], while groups are normalised apart; else null.</summary>
    internal List<Tensor>? Groups { get; set; }

    /// <summary>Moves the running statistics towards those of a batch.</summary>
    /// <param name="mean">Mean of each channel.</param>
    /// <param name="variance">Variance of each channel, over the number of rows.</param>
    /// <param name="count">Rows.</param>
    private void Track(double[] mean, double[] variance, long count)
    {
        using var scope = NewDisposeScope();
        var unbiased = (double)count / Math.Max(count - 1, 1);
        Track(tensor(mean, device: CPU), tensor(Array.ConvertAll(variance, v => v * unbiased), device: CPU));
    }

    /// <summary>Moves the running statistics towards those of a batch.</summary>
    /// <param name="mean">Mean of each channel, [C].</param>
    /// <param name="variance">Unbiased variance of each channel, [C].</param>
    internal void Track(Tensor mean, Tensor variance)
    {
        using var scope = NewDisposeScope();
        num_batches_tracked.add_(1);
        running_mean.MultiplyInPlace(1 - Momentum).AddInPlace(mean.to(running_mean.dtype, running_mean.device), Momentum);
        running_var.MultiplyInPlace(1 - Momentum).AddInPlace(variance.to(running_var.dtype, running_var.device), Momentum);
    }

    /// <summary>Normalises by all ranks' rows.</summary>
    private Tensor Together(Tensor input) => RankedBatchNorm.Forward(
        input, weight ?? ones_like(running_mean), bias ?? zeros_like(running_mean), Ranks, Epsilon, Track);

    /// <summary>Normalises by this rank's rows alone, and leaves their statistics for later.</summary>
    private Tensor Alone(Tensor input, List<Tensor> groups)
    {
        using var scope = NewDisposeScope();
        var statistics = stack([zeros_like(running_mean), zeros_like(running_var)]);
        var result = nn.functional.batch_norm(input, statistics[0], statistics[1], weight, bias, true, 1, Epsilon);
        groups.Add(statistics.DetachFromDisposeScope());
        return result.MoveToOuterDisposeScope();
    }
}
