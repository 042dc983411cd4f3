using Autodidact.Export;
using Autodidact.Numerics;

namespace Autodidact.Tests.Export;

public class EarlyExitChooserTests
{
    [Fact]
    public void Should_Find_The_Temperature_That_Makes_Confidence_The_Rate_Of_Agreement()
    {
        // Two clusters; the shallow exit says 0 with a logit of 4 and is right three times of four: softmax(4 / T) = 3/4 at T = 4 / ln 3.
        using var shallow = Matrix(400, _ => (4, 0));
        using var deep = Matrix(400, i => i % 4 == 0 ? (0f, 1f) : (1f, 0f));
        var temperatures = EarlyExitChooser.Temperatures([shallow, deep]);
        Assert.Equal(4 / Math.Log(3), temperatures[0], 1e-3);
        Assert.Equal(1, temperatures[1]);
        Assert.Equal(0.75, EarlyExitChooser.Confidences(shallow, temperatures[0])[7], 1e-3);
    }

    [Fact]
    public void Should_Trade_Agreement_For_Cost_From_The_Strictest_On()
    {
        // The shallow exit agrees where it is sure: confidence i / 100, right from 50 on.
        var confidences = new[] { Enumerable.Range(0, 100).Select(i => i / 100.0).ToArray(), new double[100] };
        var answers = new[] { Enumerable.Range(0, 100).Select(i => i >= 50 ? 1 : 0).ToArray(), Enumerable.Repeat(1, 100).ToArray() };
        var points = EarlyExitChooser.TradeOffs(confidences, answers, [10, 100]);
        Assert.Equal(points.OrderByDescending(p => p.MeanMacs), points);
        Assert.Equal(points.OrderByDescending(p => p.Agreement), points);
        var free = points.Where(p => p.Agreement == 1).MinBy(p => p.MeanMacs)!;

        // Thresholds are fiftieths of the images apart.
        Assert.InRange(free.Thresholds[0], 0.5, 0.52);
        Assert.InRange(free.MeanMacs, 55, 56.8);
        Assert.Equal((0.5, 10.0), (points[^1].Agreement, points[^1].MeanMacs));
    }

    private static FeatureMatrix Matrix(int rows, Func<int, (float, float)> values)
    {
        var matrix = new FeatureMatrix(rows, 2);
        for (var row = 0; row < rows; row++)
        {
            (matrix[row][0], matrix[row][1]) = values(row);
        }

        return matrix;
    }
}
