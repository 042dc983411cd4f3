using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class RotNetTests
{
    [Fact]
    public void Should_Turn_By_Exact_Quarters_Against_The_Clock()
    {
        using var scope = NewDisposeScope();
        var turned = QuarterTurns.All(tensor(new float[] { 1, 2, 3, 4 }, [1, 1, 2, 2]));
        Assert.Equal([1, 2, 3, 4, 2, 4, 1, 3, 4, 3, 2, 1, 3, 1, 4, 2], turned.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Should_Keep_Images_In_Order_And_Channels_Last()
    {
        using var scope = NewDisposeScope();
        var images = randn(3, 3, 6, 6, generator: new Generator(2)).ToChannelsLast();
        var turned = QuarterTurns.All(images);
        Assert.Equal([12, 3, 6, 6], turned.shape);
        Assert.Equal(1, turned.stride(1));
        for (var turns = 0; turns < 4; turns++)
        {
            var back = turned.narrow(0, turns * 3, 3);
            for (var more = turns; more is > 0 and < 4; more++) back = back.transpose(2, 3).flip(2);
            Assert.Equal(0, (back - images).abs().max().item<float>());
        }

        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3], QuarterTurns.Labels(3).data<long>().ToArray());
    }

    [Fact]
    public void Should_Refuse_Images_That_Are_Not_Square()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => QuarterTurns.All(ones(2, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() => QuarterTurns.All(ones(3, 4, 4)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void Should_Learn_Which_Side_Is_Up(int hidden) =>
        Assert.InRange(
            PretextProbe.Learn("rotnet", "rotation_accuracy", (row, _, contrast) => 0.5 + (0.5 * contrast * row), o =>
                o with { Methods = o.Methods.With(new RotNetOptions { Hidden = hidden }) }),
            0.95,
            1);

    [Fact]
    public void Should_Not_Learn_Where_No_Side_Is_Up() =>
        Assert.InRange(
            PretextProbe.Learn(
                "rotnet", "rotation_accuracy", (row, column, contrast) => contrast * ((row * row) + (column * column)) / 2, steps: 30),
            0.15,
            0.35);
}
