using Autodidact.Images;

namespace Autodidact.Tests.Images;

public class HoldOutTests
{
    [Theory]
    [InlineData(50_000, 0.02, 1000)]
    [InlineData(10, 0.02, 1)]
    [InlineData(2, 0.9, 1)]
    [InlineData(1, 0.5, 0)]
    [InlineData(0, 0.5, 0)]
    [InlineData(100, 0, 0)]
    [InlineData(5, 0.99, 4)]
    public void Should_Hold_Out_A_Sensible_Count(int images, double fraction, int expected)
    {
        var (train, heldOut) = HoldOut.Split(Images(images), fraction);
        Assert.Equal(expected, heldOut.Length);
        Assert.Equal(Enumerable.Range(0, images), train.Concat(heldOut).Order());
        Assert.Equal(train.Order(), train);
        Assert.Equal(heldOut.Order(), heldOut);
    }

    [Fact]
    public void Should_Choose_The_Same_Keys_In_Any_Order()
    {
        string[] keys = [.. Enumerable.Range(0, 500).Select(i => $"train/{i}.png")];
        string[] reversed = [.. keys.Reverse()];
        var first = HoldOut.Split(keys, 0.1, "hold-out").HeldOut.Select(i => keys[i]).Order();
        Assert.Equal(first, HoldOut.Split(reversed, 0.1, "hold-out").HeldOut.Select(i => reversed[i]).Order());
    }

    [Fact]
    public void Should_Move_Few_Images_When_Some_Are_Added()
    {
        string[] keys = [.. Enumerable.Range(0, 1050).Select(i => $"{i}.png")];
        var before = HoldOut.Split(keys[..1000], 0.1, "hold-out").HeldOut;
        var after = HoldOut.Split(keys, 0.1, "hold-out").HeldOut;
        Assert.True(before.Intersect(after).Count() >= 90);
    }

    [Fact]
    public void Should_Choose_Anew_For_Another_Purpose()
    {
        string[] keys = [.. Enumerable.Range(0, 1000).Select(i => $"{i}.png")];
        var rest = HoldOut.Split(keys, 0.5, "evaluation").Train.ToHashSet();
        Assert.InRange(HoldOut.Split(keys, 0.5, "hold-out").HeldOut.Count(rest.Contains), 200, 300);
    }

    /// <summary>Hold-outs of runs years apart must agree: this value may not change.</summary>
    [Fact]
    public void Should_Stay_As_It_Is() =>
        Assert.Equal([3, 6], HoldOut.Split(Images(20), 0.1).HeldOut);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Should_Refuse_Impossible_Fractions(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HoldOut.Split(Images(4), fraction));

    private static InMemoryImages Images(int count) => new(new byte[count * 3], 1, 1);
}
