using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Export;

public class EarlyExitPlanTests
{
    private const int Images = 1000;
    private static readonly ExitCosts _costs = new(Alone: [10, 95], Branches: [2, 5], Asked: [10, 97]);

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.9)]
    [InlineData(0.6)]
    public void Should_Keep_The_Agreement_Asked_For_At_The_Least_Cost(double agreement)
    {
        using var shallow = Shallow();
        using var deep = Deep();
        var plan = EarlyExitPlan.Choose([shallow, deep], _costs, new EarlyExitGoal(agreement, 0), accuracy: null);
        var (kept, macs) = Under(plan, shallow, deep);
        Assert.True(kept >= agreement);

        // The next looser setting of the curve would not do.
        Assert.All(plan.Curve.Where(t => t.MeanMacs < macs - 1e-9), t => Assert.True(t.Agreement < agreement));
        Assert.Equal(0.75, plan.Alone[0].Agreement);
        Assert.Null(plan.Alone[0].Accuracy);
    }

    [Fact]
    public void Should_Meet_A_Budget_With_The_Most_Agreement_Or_Say_What_Is_Needed()
    {
        using var shallow = Shallow();
        using var deep = Deep();
        var plan = EarlyExitPlan.Choose([shallow, deep], _costs, new EarlyExitGoal(0.99, MeanMacs: 20), accuracy: null);
        var (kept, macs) = Under(plan, shallow, deep);
        Assert.InRange(macs, 18, 20);
        Assert.All(plan.Curve.Where(t => t.MeanMacs <= 20), t => Assert.True(t.Agreement <= kept));
        var refused = Assert.Throws<AutodidactException>(
            () => EarlyExitPlan.Choose([shallow, deep], _costs, new EarlyExitGoal(0.99, MeanMacs: 5), accuracy: null));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains("takes 10", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Report_The_Common_Thresholds_From_Loose_To_Strict()
    {
        using var shallow = Shallow();
        using var deep = Deep();
        var plan = EarlyExitPlan.Choose([shallow, deep], _costs, new EarlyExitGoal(0.99, 0), accuracy: null);
        Assert.Equal([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1], plan.Common.Select(t => t.Thresholds[0]));
        Assert.Equal(plan.Common.OrderBy(t => t.MeanMacs), plan.Common);
        Assert.Equal(97, plan.Common[^1].MeanMacs);
        Assert.Equal(1, plan.Common[^1].Agreement);
    }

    [Fact]
    public void Should_Measure_Every_Policy_And_Leave_Out_What_Time_Does_Not_Suffice_For()
    {
        using var scratch = new ScratchFolder();
        using var network = SmallModel.Network();
        var pixels = SmallModel.Pixels();
        ModelExporter.Export(
            SmallModel.Source(network, SmallModel.Images(pixels)),
            scratch["model"],
            cancellationToken: TestContext.Current.CancellationToken);
        using var model = EarlyExitModel.Load(scratch["model"]);
        (EarlyExitModel, ExitPolicy)[] runs =
            [(model, ExitPolicy.Fixed(1)), (model, ExitPolicy.Fixed(4)), (model, ExitPolicy.Confidence(0.5))];
        var asked = new List<int>();
        double?[] Measure(TimeSpan most) => SpeedMeter.ImagesPerSecond(
            runs,
            SmallModel.Count,
            count =>
            {
                asked.Add(count);
                return pixels[..(count * model.BytesPerImage)];
            },
            most,
            TestContext.Current.CancellationToken);

        Assert.All(Measure(TimeSpan.FromMinutes(10)), speed => Assert.True(speed > 0));
        Assert.Equal([null, null, null], Measure(TimeSpan.Zero));
        Assert.All(asked, count => Assert.InRange(count, 1, SmallModel.Count));
        Assert.Throws<OperationCanceledException>(
            () => SpeedMeter.ImagesPerSecond(runs, SmallModel.Count, _ => pixels, TimeSpan.FromMinutes(1), new CancellationToken(true)));
    }

    /// <summary>Agreement and cost of the chosen thresholds, worked out without the chooser.</summary>
    private static (double Agreement, double MeanMacs) Under(EarlyExitPlan plan, FeatureMatrix shallow, FeatureMatrix deep)
    {
        var (agree, macs) = (0, 0.0);
        for (var i = 0; i < Images; i++)
        {
            var (a, b) = (shallow[i][0] / plan.Temperatures[0], shallow[i][1] / plan.Temperatures[0]);
            var stays = 1 / (1 + Math.Exp(-Math.Abs(a - b))) >= plan.Thresholds[0];
            agree += !stays || (a > b) == (deep[i][0] > deep[i][1]) ? 1 : 0;
            macs += stays ? _costs.Asked[0] : _costs.Asked[1];
        }

        return (agree / (double)Images, macs / Images);
    }

    /// <summary>Sure of the first cluster by a margin that grows, and wrong on the quarter it is least sure of.</summary>
    private static FeatureMatrix Shallow() => Matrix(i => (i * 0.01f, 0));

    private static FeatureMatrix Deep() => Matrix(i => i < Images / 4 ? (0, 5) : (5, 0));

    private static FeatureMatrix Matrix(Func<int, (float, float)> values)
    {
        var matrix = new FeatureMatrix(Images, 2);
        for (var row = 0; row < Images; row++)
        {
            (matrix[row][0], matrix[row][1]) = values(row);
        }

        return matrix;
    }
}
