using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class PatchesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Cut_What_Slices_Cut(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var images = arange(2 * 3 * 5 * 6, dtype: ScalarType.Float32).view(2, 3, 5, 6);
        var tops = tensor(new long[] { 0, 3, 1, 2 }, [2, 2]);
        var lefts = tensor(new long[] { 4, 0, 2, 3 }, [2, 2]);
        var patches = Patches.Cut(channelsLast ? images.ToChannelsLast() : images, tops, lefts, 2);
        Assert.Equal([4, 3, 2, 2], patches.shape);
        Assert.Equal(1, patches.stride(1));
        for (var i = 0; i < 4; i++)
        {
            var expected = images[i / 2].narrow(1, tops[i / 2, i % 2].item<long>(), 2).narrow(2, lefts[i / 2, i % 2].item<long>(), 2);
            Assert.Equal(0, (patches[i] - expected).abs().max().item<float>());
        }
    }

    [Fact]
    public void Should_Give_Each_Patch_Mean_Zero_And_Deviation_One()
    {
        using var scope = NewDisposeScope();
        var patches = (rand(4, 3, 6, 6, generator: new Generator(6)) * arange(1, 5).view(4, 1, 1, 1)) + 3;
        var standard = Patches.Standardize(patches.ToChannelsLast());
        Assert.Equal(1, standard.stride(1));
        Assert.Equal(0, standard.mean([1L, 2L, 3L]).abs().max().item<float>(), 1e-4);
        Assert.Equal(0, (standard.square().mean([1L, 2L, 3L]) - 1).abs().max().item<float>(), 1e-3);
        Assert.Equal(0, (Patches.Standardize((2 * patches) - 1) - standard).abs().max().item<float>(), 1e-3);
        Assert.Equal(0, Patches.Standardize(ones(1, 3, 4, 4)).abs().max().item<float>());
    }

    [Fact]
    public void Should_Keep_One_Channel_Of_Each_Patch()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        var patches = randn(60, 3, 8, 8) + 2;
        var dropped = Patches.DropColors(patches);
        var energy = dropped.square().mean([2L, 3L]);
        Assert.Equal(0, (energy.mean([1L]) - 1).abs().max().item<float>(), 1e-3);
        Assert.True(energy.amax([1L]).min().item<float>() > 2.99);
        var kept = energy.argmax(1);
        Assert.All(Enumerable.Range(0, 3), channel => Assert.InRange(kept.eq(channel).sum().item<long>(), 8, 35));

        // The kept part is the channel without its mean, scaled; the rest is noise, not nothing.
        var channel = kept[0].item<long>();
        var centred = patches[0, channel] - patches[0, channel].mean();
        Assert.Equal(
            1, (centred * dropped[0, channel]).sum().item<float>() / (centred.norm() * dropped[0, channel].norm()).item<float>(), 1e-4);
        Assert.True(energy.amin([1L]).min().item<float>() > 1e-6);
        random.manual_seed(3);
        randn(60, 3, 8, 8);
        Assert.Equal(0, (Patches.DropColors(patches) - dropped).abs().max().item<float>());
    }

    [Fact]
    public void Should_Refuse_Patches_That_Are_Larger_And_Places_That_Do_Not_Fit()
    {
        using var scope = NewDisposeScope();
        var places = zeros(2, 3, ScalarType.Int64);
        Assert.Throws<ArgumentException>(() => Patches.Cut(ones(2, 3, 4, 4), places, places, 5));
        Assert.Throws<ArgumentException>(() => Patches.Cut(ones(2, 3, 4, 4), places, places, 0));
        Assert.Throws<ArgumentException>(() => Patches.Cut(ones(3, 3, 4, 4), places, places, 2));
        Assert.Throws<ArgumentException>(() => Patches.Cut(ones(2, 3, 4, 4), places, places[.., ..2], 2));
    }
}
