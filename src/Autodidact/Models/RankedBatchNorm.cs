using System.Numerics;
using System.Runtime.InteropServices;
using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Batch normalisation by the statistics of all ranks' rows, as one process has it that sees them all. Forward, the ranks' means and
/// squares are joined; backward, the two sums that the gradient needs.
/// </summary>
/// <remarks>
/// With N rows on all ranks and s^2 = variance + e: y = w (x - mean) / s + b. Backward, with S1 = sum of dy and S2 = sum of dy (x - mean)
/// over all ranks: dx = w / s (dy - (S1 + (x - mean) S2 / s^2) / N). The gradients of w and b are this rank's part: the trainer sums them
/// as it does all others.
/// </remarks>
internal sealed class RankedBatchNorm : autograd.SingleTensorFunction<RankedBatchNorm>
{
    private const string StateKey = "state";

    /// <inheritdoc/>
    public override string Name => nameof(RankedBatchNorm);

    /// <summary>Normalises.</summary>
    /// <param name="input">[B, C] or [B, C, H, W]: float32, bfloat16 or float64; on the CPU.</param>
    /// <param name="weight">Scale [C].</param>
    /// <param name="bias">Shift [C].</param>
    /// <param name="ranks">Whose rows are normalised together.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="track">Takes mean and variance of each channel, over the number of rows, and that number.</param>
    public static Tensor Forward(
        Tensor input, Tensor weight, Tensor bias, RankGroup ranks, double epsilon, Action<double[], double[], long> track)
    {
        ranks.Check();
        var rows = input.dim() == 2 ? input.contiguous() : IsChannelsLast(input) ? input : input.ToChannelsLast();
        State state;
        using (no_grad()) state = State.Of(rows.detach(), ranks, epsilon, track);
        return apply(rows, weight, bias, state);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext context, params object[] vars)
    {
        var (rows, weight, bias, state) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (State)vars[3]);
        context.save_for_backward([rows, weight]);
        context.save_data(StateKey, state);
        var result = empty_like(rows);
        if (rows.dtype == ScalarType.Float64) Scale<double, PlainType<double>>();
        else if (rows.dtype == ScalarType.BFloat16) Scale<float, BFloat16Type>();
        else Scale<float, PlainType<float>>();
        return result;

        void Scale<T, TType>()
            where T : unmanaged, INumber<T>
            where TType : struct, IChannelType<T>
        {
            using var from = new ChannelRows(rows);
            using var to = new ChannelRows(result);
            var (w, b) = (Values(weight), Values(bias));
            var scale = w.Zip(state.Deviation, (x, deviation) => x / deviation).ToArray();
            var shift = b.Select((x, c) => x - (state.Mean[c] * scale[c])).ToArray();
            BatchNormKernels<T, TType>.Scale(from, Cast<T>(scale), Cast<T>(shift), to);
        }
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext context, Tensor grad_output)
    {
        var saved = context.get_saved_variables();
        var (rows, weight, state) = (saved[0], saved[1], (State)context.get_data(StateKey));
        using var noGrad = no_grad();
        var (input, scale, shift) = (empty_like(rows), zeros_like(weight), zeros_like(weight));
        if (!state.Ranks.Try(() =>
            {
                if (rows.dtype == ScalarType.Float64) Differentiate<double, PlainType<double>>();
                else if (rows.dtype == ScalarType.BFloat16) Differentiate<float, BFloat16Type>();
                else Differentiate<float, PlainType<float>>();
            }))
        {
            input.zero_();
        }

        return [input, scale, shift, null!];

        void Differentiate<T, TType>()
            where T : unmanaged, INumber<T>
            where TType : struct, IChannelType<T>
        {
            using var scope = NewDisposeScope();
            var same = grad_output.to(rows.dtype);
            if (same.dim() == 4 && !IsChannelsLast(same)) same = same.ToChannelsLast();
            else if (same.dim() == 2) same = same.contiguous();
            using var from = new ChannelRows(rows);
            using var gradient = new ChannelRows(same);
            using var to = new ChannelRows(input);
            var channels = from.Channels;
            var sums = new double[2 * channels];
            BatchNormKernels<T, TType>.GradientSums(gradient, from, Cast<T>(state.Mean), sums);
            Set(scale, [.. Enumerable.Range(0, channels).Select(c => sums[channels + c] / state.Deviation[c])]);
            Set(shift, sums[..channels]);
            state.Ranks.Sum(sums);
            var w = Values(weight);
            var (a, b, c0) = (new double[channels], new double[channels], new double[channels]);
            for (var c = 0; c < channels; c++)
            {
                a[c] = w[c] / state.Deviation[c];
                b[c] = -a[c] * sums[channels + c] / (state.Deviation[c] * state.Deviation[c] * state.Count);
                c0[c] = (-a[c] * sums[c] / state.Count) - (b[c] * state.Mean[c]);
            }

            BatchNormKernels<T, TType>.Combine(gradient, from, Cast<T>(a), Cast<T>(b), Cast<T>(c0), to);
        }
    }

    private static bool IsChannelsLast(Tensor tensor)
    {
        using var last = tensor.permute(0, 2, 3, 1);
        return last.is_contiguous();
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).data<double>().ToArray();
    }

    private static void Set(Tensor tensor, double[] values)
    {
        using var source = torch.tensor(values, device: CPU);
        tensor.copy_(source);
    }

    private static T[] Cast<T>(double[] values)
        where T : INumber<T> => Array.ConvertAll(values, T.CreateTruncating);

    /// <summary>The statistics of a batch of all ranks.</summary>
    private sealed record State(RankGroup Ranks, double[] Mean, double[] Deviation, long Count)
    {
        public static State Of(Tensor rows, RankGroup ranks, double epsilon, Action<double[], double[], long> track)
        {
            var channels = (int)rows.shape[1];
            var own = new double[(2 * channels) + 1];
            if (rows.dtype == ScalarType.Float64) Measure<double, PlainType<double>>();
            else if (rows.dtype == ScalarType.BFloat16) Measure<float, BFloat16Type>();
            else Measure<float, PlainType<float>>();
            var all = MemoryMarshal.Cast<byte, double>(ranks.Gather(MemoryMarshal.AsBytes(own.AsSpan()))).ToArray();
            var parts = Enumerable.Range(0, ranks.Size).Select(r => r * own.Length).ToArray();
            var count = (long)parts.Sum(at => all[at]);
            var (mean, variance) = (new double[channels], new double[channels]);
            for (var c = 0; c < channels; c++)
            {
                foreach (var at in parts) mean[c] += all[at] * all[at + 1 + c] / count;
                foreach (var at in parts)
                {
                    var distance = all[at + 1 + c] - mean[c];
                    variance[c] += all[at + 1 + channels + c] + (all[at] * distance * distance);
                }

                variance[c] /= count;
            }

            track(mean, variance, count);
            return new State(ranks, mean, Array.ConvertAll(variance, v => Math.Sqrt(v + epsilon)), count);

            void Measure<T, TType>()
                where T : unmanaged, INumber<T>
                where TType : struct, IChannelType<T>
            {
                using var from = new ChannelRows(rows);
                own[0] = from.Count;
                BatchNormKernels<T, TType>.Moments(from, own.AsSpan(1, channels), own.AsSpan(1 + channels, channels));
            }
        }
    }
}
