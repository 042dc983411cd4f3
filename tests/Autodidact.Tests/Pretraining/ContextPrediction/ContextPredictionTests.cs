using Autodidact.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class ContextPredictionTests
{
    [Theory]
    [InlineData(224, 49, 24, 4)]
    [InlineData(32, 7, 3, 1)]
    [InlineData(8, 2, 1, 0)]
    public void Should_Lay_Patches_Out(int side, int patch, int gap, int jitter)
    {
        var layout = ContextLayout.For(side, new ContextPredictionOptions());
        Assert.Equal((patch, gap, jitter), (layout.Patch, layout.Gap, layout.Jitter));
    }

    [Fact]
    public void Should_Have_The_Published_Sizes_Where_Views_Are_Large_Enough()
    {
        var layout = ContextLayout.For(436, new ContextPredictionOptions());
        Assert.Equal((96, 48, 7), (layout.Patch, layout.Gap, layout.Jitter));
    }

    [Fact]
    public void Should_Leave_No_View_Of_Any_Size() => Assert.All(Enumerable.Range(8, 250), side =>
    {
        var layout = ContextLayout.For(side, new ContextPredictionOptions());
        var (middle, reach) = ((side - layout.Patch) / 2, layout.Patch + layout.Gap + layout.Jitter);
        Assert.True(middle - reach >= 0 && middle + reach + layout.Patch <= side, $"{layout}");
    });

    [Fact]
    public void Should_Cut_The_Neighbour_Asked_For_Beside_The_Middle()
    {
        using var scope = NewDisposeScope();
        var places = arange(32 * 32, dtype: ScalarType.Float32).view(1, 1, 32, 32).expand(8, 1, 32, 32).contiguous();
        var pairs = new ContextLayout(32, Patch: 7, Gap: 4, Jitter: 0).Pairs(places, arange(8, dtype: ScalarType.Int64));
        Assert.Equal([16, 1, 7, 7], pairs.shape);
        (int Row, int Column)[] sides = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)];
        Assert.All(sides.Select((s, i) => (s, i)), side =>
        {
            Assert.Equal((12 * 32) + 12, pairs[2 * side.i, 0, 0, 0].item<float>());
            Assert.Equal(((12 + (11 * side.s.Row)) * 32) + 12 + (11 * side.s.Column), pairs[(2 * side.i) + 1, 0, 0, 0].item<float>());
        });
    }

    [Fact]
    public void Should_Move_Both_Patches_By_The_Jitter()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var columns = arange(32, dtype: ScalarType.Float32).view(1, 1, 1, 32).expand(300, 1, 32, 32).contiguous();
        var pairs =
            new ContextLayout(32, Patch: 7, Gap: 4, Jitter: 1).Pairs(columns, full([300], 3L)).select(2, 0).select(2, 0).view(300, 2);
        Assert.Equal([11, 12, 13], pairs.select(1, 0).unique().output.data<float>().ToArray());
        Assert.Equal([0, 1, 2], pairs.select(1, 1).unique().output.data<float>().ToArray());
        Assert.Equal([9, 10, 11, 12, 13], (pairs.select(1, 0) - pairs.select(1, 1)).unique().output.data<float>().ToArray());
    }

    [Fact]
    public void Should_Say_That_Views_Are_Too_Small()
    {
        var error = Assert.Throws<AutodidactException>(
            () => TinyPretraining.Objective(
                "context-prediction", o => o with { Methods = o.Methods.With(new ContextPredictionOptions { Patch = 0.1 }) }));
        Assert.Equal(FailureKind.Usage, error.Kind);
        Assert.Contains("views of 8 px make patches of 1 px", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Should_Say_That_Gaps_Are_Too_Wide()
    {
        var error = Assert.Throws<AutodidactException>(() => ContextLayout.For(32, new ContextPredictionOptions { Patch = 0.3, Gap = 1 }));
        Assert.Equal(FailureKind.Usage, error.Kind);
        Assert.Contains("a view of 32 px does not hold three patches of 10 px with gaps of 10 px", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Learn_Where_A_Patch_Lies(bool dropColors) => Assert.InRange(
        PretextProbe.Learn(
            "context-prediction",
            "context_accuracy",
            (row, column, contrast) => contrast * ((row * row) + (column * column)) / 2,
            o => o with { Methods = o.Methods.With(new ContextPredictionOptions { DropColors = dropColors, Hidden = 32 }) },
            steps: 200),
        0.6,
        1);
}
