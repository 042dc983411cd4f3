namespace Autodidact.Images.Synthetic;

/// <summary>A shape as a signed distance: negative inside, positive outside, in units of the shape's own radius, y pointing down.</summary>
/// <remarks>Only the neighbourhood of the outline is exact, which is all that anti-aliasing needs.</remarks>
internal delegate float SignedDistance(float x, float y);

/// <summary>
/// The ten classes of the synthetic set. All have about the same area (2, so that the mean colour tells nothing), and no two are alike
/// under rotation or reflection. Only + - * / and square roots are used, here and in the renderer, so every machine renders the same bytes.
/// </summary>
internal static class Shapes
{
    /// <summary>Radius of a disc around the origin that holds every shape.</summary>
    public const float BoundingRadius = 1.35f;

    /// <summary>Class names and outlines; the position in the list is the class number.</summary>
    public static IReadOnlyList<(string Name, SignedDistance Distance)> All { get; } =
    [
        ("circle", Disc(0, 0, 0.8f)),
        ("square", Polygon((-0.71f, -0.71f), (0.71f, -0.71f), (0.71f, 0.71f), (-0.71f, 0.71f))),
        ("triangle", Polygon((0, -1.2f), (1.04f, 0.6f), (-1.04f, 0.6f))),
        ("star", Star(1.3f, 0.52f)),
        ("cross", Cross(1.05f, 0.28f)),
        ("ring", Difference(Disc(0, 0, 1.02f), Disc(0, 0, 0.62f))),
        ("crescent", Difference(Disc(0, 0, 1.1f), Disc(0.55f, 0, 0.85f))),
        ("heart", Union(Disc(-0.44f, -0.3f, 0.49f), Disc(0.44f, -0.3f, 0.49f), Polygon((0, -0.4f), (0.83f, 0), (0, 1.05f), (-0.83f, 0)))),
        ("arrow", Polygon((0, -1.2f), (0.95f, -0.1f), (0.34f, -0.1f), (0.34f, 1.1f), (-0.34f, 1.1f), (-0.34f, -0.1f), (-0.95f, -0.1f))),
        ("hourglass", Polygon((-0.9f, -1), (0.9f, -1), (0.12f, 0), (0.9f, 1), (-0.9f, 1), (-0.12f, 0))),
    ];

    private static SignedDistance Disc(float centreX, float centreY, float radius) =>
        (x, y) => MathF.Sqrt(((x - centreX) * (x - centreX)) + ((y - centreY) * (y - centreY))) - radius;

    private static SignedDistance Difference(SignedDistance shape, SignedDistance hole) =>
        (x, y) => MathF.Max(shape(x, y), -hole(x, y));

    private static SignedDistance Union(SignedDistance a, SignedDistance b, SignedDistance c) =>
        (x, y) => MathF.Min(MathF.Min(a(x, y), b(x, y)), c(x, y));

    private static SignedDistance Cross(float reach, float halfWidth) =>
        (x, y) => MathF.Max(
            MathF.Max(MathF.Abs(x), MathF.Abs(y)) - reach,
            MathF.Min(MathF.Abs(x), MathF.Abs(y)) - halfWidth);

    private static SignedDistance Star(float tip, float notch)
    {
        const float Cosine = 0.80901699f; // of 36 degrees: ten corners, tips and notches in turn
        const float Sine = 0.58778525f;
        var corners = new (float X, float Y)[10];
        var (x, y) = (0f, -1f);
        for (var i = 0; i < corners.Length; i++)
        {
            var radius = i % 2 == 0 ? tip : notch;
            corners[i] = (radius * x, radius * y);
            (x, y) = ((x * Cosine) - (y * Sine), (x * Sine) + (y * Cosine));
        }

        return Polygon(corners);
    }

    /// <summary>Distance to the nearest edge, negative where a ray to the right crosses the outline an odd number of times.</summary>
    private static SignedDistance Polygon(params (float X, float Y)[] corners)
    {
        var edges = corners.Select((corner, i) => new Edge(corner, corners[(i + 1) % corners.Length])).ToArray();
        return (x, y) =>
        {
            var nearest = float.MaxValue;
            var inside = false;
            foreach (ref readonly var edge in edges.AsSpan())
            {
                nearest = MathF.Min(nearest, edge.SquaredDistance(x, y));
                inside ^= edge.LiesToTheRight(x, y);
            }

            return inside ? -MathF.Sqrt(nearest) : MathF.Sqrt(nearest);
        };
    }

    private readonly struct Edge((float X, float Y) from, (float X, float Y) to)
    {
        private readonly float _fromX = from.X;
        private readonly float _fromY = from.Y;
        private readonly float _toY = to.Y;
        private readonly float _deltaX = to.X - from.X;
        private readonly float _deltaY = to.Y - from.Y;
        private readonly float _slope = to.Y == from.Y ? 0 : (to.X - from.X) / (to.Y - from.Y);
        private readonly float _inverse = 1 / (((to.X - from.X) * (to.X - from.X)) + ((to.Y - from.Y) * (to.Y - from.Y)));

        public float SquaredDistance(float x, float y)
        {
            var (offsetX, offsetY) = (x - _fromX, y - _fromY);
            var along = MathF.Max(0, MathF.Min(1, ((offsetX * _deltaX) + (offsetY * _deltaY)) * _inverse));
            var (missX, missY) = (offsetX - (along * _deltaX), offsetY - (along * _deltaY));
            return (missX * missX) + (missY * missY);
        }

        public bool LiesToTheRight(float x, float y) => _fromY > y != _toY > y && x < _fromX + ((y - _fromY) * _slope);
    }
}
