using System.Runtime.Intrinsics;
using Autodidact.Models;
using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

/// <summary>Batch norm of several ranks is that of one process, forward and backward.</summary>
public sealed class RankedBatchNormTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-12, new long[] { 8, 5 })]
    [InlineData(ScalarType.Float64, 1e-12, new long[] { 7, 19, 3, 4 })]
    [InlineData(ScalarType.Float32, 2e-5, new long[] { 8, 33, 8, 8 })]
    [InlineData(ScalarType.Float32, 2e-4, new long[] { 40, 1, 40, 40 })]
    [InlineData(ScalarType.BFloat16, 2e-2, new long[] { 8, 32, 8, 8 })]
    public void Should_Be_That_Of_One_Process(ScalarType type, double tolerance, long[] shape)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var input = Values(5);
        var gradient = Values(0);
        var alone = Pass(RankGroup.Single, 0, (int)shape[0]);
        foreach (var size in new[] { 2, 3 })
        {
            var parts = ThreadRanks.Run(size, ranks =>
            {
                var (first, count) = ranks.Part((int)shape[0]);
                return Pass(ranks, first, count);
            });
            Near(alone.Output, cat([.. parts.Select(p => p.Output)]));
            Near(alone.Input, cat([.. parts.Select(p => p.Input)]));
            Near(alone.Weight, parts.Select(p => p.Weight).Aggregate((a, b) => a + b));
            Near(alone.Bias, parts.Select(p => p.Bias).Aggregate((a, b) => a + b));
            Assert.All(parts, part => Near(alone.Mean, part.Mean));
            Assert.All(parts, part => Near(alone.Variance, part.Variance));
        }

        Tensor Values(double mean)
        {
            var values = (randn(shape, dtype: ScalarType.Float64, generator: generator) * 2 + mean).to(type);
            return shape.Length == 4 ? values.ToChannelsLast() : values;
        }

        Result Pass(RankGroup ranks, int first, int count)
        {
            using var norm = new BatchNormalization(shape[1]) { Ranks = ranks };
            if (type == ScalarType.Float64) norm.to(type);
            using (no_grad()) norm.Weight!.mul_(1.5);
            var own = input.narrow(0, first, count).clone().requires_grad_();
            var output = norm.call(own);
            output.backward([gradient.narrow(0, first, count)]);
            ranks.Check();
            return new Result(
                Kept(output), Kept(own.grad!), Kept(norm.Weight!.grad!), Kept(norm.Bias!.grad!), Kept(norm.RunningMean),
                Kept(norm.RunningVariance));
        }

        void Near(Tensor expected, Tensor actual)
        {
            var scale = Math.Max(1, expected.abs().max().ToDouble());
            Assert.InRange((expected - actual).abs().max().ToDouble() / scale, 0, tolerance);
        }

        static Tensor Kept(Tensor tensor) => tensor.detach().to(ScalarType.Float64).clone().DetachFromDisposeScope();
    }

    [Fact]
    public unsafe void Should_Round_To_Bfloat16_As_Torch_Does()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var odd = tensor(new[] { 0f, -0f, float.NaN, float.PositiveInfinity, 1.00390625f, 1.01171875f, 3e38f });
        var values = cat([randn(1_000, generator: generator), odd]);
        var expected = values.to(ScalarType.BFloat16);
        var numbers = values.data<float>().ToArray();
        var (narrow, wide) = (new ushort[numbers.Length], new float[numbers.Length]);
        fixed (float* from = numbers, back = wide)
        fixed (ushort* to = narrow)
        {
            for (var i = 0; i < 1_000; i += Vector256<float>.Count)
            {
                BFloat16Type.Store(Vector256.Load(from + i), (byte*)(to + i));
                Vector256.Store(BFloat16Type.Load((byte*)(to + i)), back + i);
            }

            for (var i = 1_000; i < numbers.Length; i++)
            {
                BFloat16Type.StoreOne(from[i], (byte*)(to + i));
                back[i] = BFloat16Type.LoadOne((byte*)(to + i));
            }
        }

        Assert.Equal(expected.to(ScalarType.Float32).data<float>().ToArray(), wide);
    }

    private sealed record Result(Tensor Output, Tensor Input, Tensor Weight, Tensor Bias, Tensor Mean, Tensor Variance);
}
