using Autodidact.Images.Synthetic;

namespace Autodidact.Tests.Images.Synthetic;

public class ShapesTests
{
    private const int Grid = 41;
    private const float Reach = 1.5f;

    [Fact]
    public void Should_Hold_Ten_Shapes_Of_Different_Names() => Assert.Equal(10, Shapes.All.Select(shape => shape.Name).Distinct().Count());

    [Fact]
    public void Should_Keep_Every_Shape_Within_The_Bounding_Radius() => Assert.All(Shapes.All, shape =>
        Assert.All(Points().Where(point => shape.Distance(point.X, point.Y) < 0), point =>
            Assert.True(Radius(point) <= Shapes.BoundingRadius, $"{shape.Name} reaches {Radius(point)}")));

    [Fact]
    public void Should_Give_All_Shapes_About_The_Same_Area() => Assert.All(Shapes.All, shape =>
        Assert.InRange(Area(Mask(shape.Distance, 0, 1)), 1.6, 2.4));

    [Fact]
    public void Should_Measure_Distances_Near_The_Outline() => Assert.All(Shapes.All, shape =>
    {
        // Walking one step changes a distance by at most the step: the outline is never blurred nor doubled.
        const float Step = 0.01f;
        Assert.All(Points(), point => Assert.InRange(
            MathF.Abs(shape.Distance(point.X + Step, point.Y) - shape.Distance(point.X, point.Y)), 0, 1.01f * Step));
    });

    [Fact]
    public void Should_Tell_Shapes_Apart_However_They_Are_Turned_Or_Mirrored()
    {
        var upright = Shapes.All.Select(shape => Mask(shape.Distance, 0, 1)).ToList();
        for (var a = 0; a < upright.Count; a++)
        {
            for (var turn = 0; turn < 36; turn++)
            {
                foreach (var mirror in (int[])[1, -1])
                {
                    var turned = Mask(Shapes.All[a].Distance, turn * MathF.Tau / 36, mirror);
                    for (var b = a + 1; b < upright.Count; b++)
                    {
                        var common = turned.Zip(upright[b]).Count(pair => pair.First && pair.Second);
                        var either = turned.Zip(upright[b]).Count(pair => pair.First || pair.Second);
                        Assert.True(
                            common < 0.9 * either,
                            $"{Shapes.All[a].Name} and {Shapes.All[b].Name} overlap by {(double)common / either:P0}");
                    }
                }
            }
        }
    }

    private static IEnumerable<(float X, float Y)> Points() =>
        from row in Enumerable.Range(0, Grid) from column in Enumerable.Range(0, Grid) select (At(column), At(row));

    private static float At(int index) => Reach * ((2f * index / (Grid - 1)) - 1);

    private static float Radius((float X, float Y) point) => MathF.Sqrt((point.X * point.X) + (point.Y * point.Y));

    private static bool[] Mask(SignedDistance distance, float angle, int mirror)
    {
        var (sine, cosine) = MathF.SinCos(angle);
        return
        [
            .. Points().Select(
                point => distance(mirror * ((cosine * point.X) - (sine * point.Y)), (sine * point.X) + (cosine * point.Y)) < 0),
        ];
    }

    private static double Area(bool[] mask) => mask.Count(inside => inside) * Math.Pow(2 * Reach / (Grid - 1), 2);
}
