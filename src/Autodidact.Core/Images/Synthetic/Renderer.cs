using System.Numerics;
using Autodidact.Numerics;

namespace Autodidact.Images.Synthetic;

/// <summary>Paints one shape under nuisance: ground, clutter, shape, occlusion, then light and noise over all.</summary>
internal static class Renderer
{
    /// <summary>Height and width of a picture in pixels.</summary>
    public const int Size = 32;

    private static readonly Vector3 _brightness = new(0.299f, 0.587f, 0.114f);

    /// <summary>Paints a picture: a pure function of the stream's position and the class.</summary>
    /// <param name="random">The picture's own stream.</param>
    /// <param name="shape">Class number in <see cref="Shapes.All"/>.</param>
    /// <param name="nuisance">How much of what is not the class.</param>
    /// <param name="pixels">Receives 32 x 32 x 3 bytes, row by row.</param>
    public static void Render(ref CounterRandom random, int shape, Nuisance nuisance, Span<byte> pixels)
    {
        Span<Vector3> canvas = stackalloc Vector3[Size * Size];
        var ground = Paint.Draw(ref random, Colour(ref random, 0, nuisance.BrightestGround), nuisance.Texture);
        for (var i = 0; i < canvas.Length; i++)
        {
            canvas[i] = ground.At(i % Size, i / Size);
        }

        for (var count = random.NextInt32(nuisance.Clutter + 1); count > 0; count--)
        {
            Spot(ref random, canvas, random.Uniform(0, Size), random.Uniform(0, Size));
        }

        var pose = Pose.Draw(ref random, nuisance);
        var paint = Paint.Draw(ref random, Colour(ref random, nuisance.DarkestShape, 1), nuisance.Texture);
        Fill(canvas, pose, Shapes.All[shape].Distance, paint);
        if (random.NextSingle() < nuisance.Occlusion)
        {
            var (x, y) = Direction(ref random);
            Spot(ref random, canvas, pose.X + (x * pose.Radius), pose.Y + (y * pose.Radius));
        }

        Expose(ref random, canvas, nuisance, pixels);
    }

    /// <summary>A colour whose brightness lies in a range; its hue is free.</summary>
    private static Vector3 Colour(ref CounterRandom random, float darkest, float brightest)
    {
        while (true)
        {
            var colour = new Vector3(random.NextSingle(), random.NextSingle(), random.NextSingle());
            var brightness = Vector3.Dot(colour, _brightness);
            if (brightness >= darkest && brightness <= brightest)
                return colour;
        }
    }

    /// <summary>A direction, uniform: a point of the unit disc, normalised.</summary>
    private static (float X, float Y) Direction(ref CounterRandom random)
    {
        while (true)
        {
            var (x, y) = (random.Uniform(-1, 1), random.Uniform(-1, 1));
            var square = (x * x) + (y * y);
            if (square is > 0.01f and <= 1)
                return (x / MathF.Sqrt(square), y / MathF.Sqrt(square));
        }
    }

    /// <summary>A small disc of one colour: clutter, or what covers the shape.</summary>
    private static void Spot(ref CounterRandom random, Span<Vector3> canvas, float x, float y)
    {
        var pose = new Pose(x, y, random.Uniform(1.2f, 3), 1, 0);
        Fill(canvas, pose, static (x, y) => MathF.Sqrt((x * x) + (y * y)) - 1, new Paint(Colour(ref random, 0, 1), 0, 0, 0, 0, 0));
    }

    /// <summary>Covers the canvas with paint where the shape is; a pixel the outline crosses takes its share.</summary>
    private static void Fill(Span<Vector3> canvas, Pose pose, SignedDistance distance, Paint paint)
    {
        var reach = (pose.Radius * Shapes.BoundingRadius) + 1;
        var (left, right) = (Math.Max(0, (int)(pose.X - reach)), Math.Min(Size - 1, (int)(pose.X + reach)));
        var (top, bottom) = (Math.Max(0, (int)(pose.Y - reach)), Math.Min(Size - 1, (int)(pose.Y + reach)));
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                var (x, y) = pose.ToShape(column, row);
                var coverage = 0.5f - (pose.Radius * distance(x, y));
                if (coverage > 0)
                {
                    ref var pixel = ref canvas[(row * Size) + column];
                    pixel = Vector3.Lerp(pixel, paint.At(column, row), MathF.Min(1, coverage));
                }
            }
        }
    }

    /// <summary>Light that grows across the picture, noise, and rounding to bytes.</summary>
    private static void Expose(ref CounterRandom random, ReadOnlySpan<Vector3> canvas, Nuisance nuisance, Span<byte> pixels)
    {
        var (x, y) = Direction(ref random);
        var slope = random.Uniform(0, nuisance.Light) / (Size / 2);
        var grain = nuisance.Noise * 2 / 255;
        var bits = 0u;
        for (var i = 0; i < canvas.Length; i++)
        {
            bits = i % 4 == 0 ? random.NextUInt32() : bits >> 8;
            var noise = ((bits & 0xFF) * grain) - nuisance.Noise;
            var light = 1 + (slope * ((x * ((i % Size) - (Size / 2))) + (y * ((i / Size) - (Size / 2)))));
            var colour = Vector3.Clamp((canvas[i] * light) + new Vector3(noise), Vector3.Zero, Vector3.One) * 255;
            pixels[3 * i] = (byte)(colour.X + 0.5f);
            pixels[(3 * i) + 1] = (byte)(colour.Y + 0.5f);
            pixels[(3 * i) + 2] = (byte)(colour.Z + 0.5f);
        }
    }

    /// <summary>Where a shape is, how large and how turned.</summary>
    private readonly record struct Pose(float X, float Y, float Radius, float Cosine, float Sine)
    {
        public static Pose Draw(ref CounterRandom random, Nuisance nuisance)
        {
            var half = random.Uniform(-nuisance.HalfTurn, nuisance.HalfTurn);
            var scale = 1 / (1 + (half * half));
            return new Pose(
                (Size / 2) + random.Uniform(-nuisance.Shift, nuisance.Shift),
                (Size / 2) + random.Uniform(-nuisance.Shift, nuisance.Shift),
                random.Uniform(nuisance.SmallestRadius, nuisance.LargestRadius) / Shapes.BoundingRadius,
                (1 - (half * half)) * scale,
                2 * half * scale);
        }

        /// <summary>A pixel's centre in the shape's own coordinates.</summary>
        public (float X, float Y) ToShape(int column, int row)
        {
            var (x, y) = (column + 0.5f - X, row + 0.5f - Y);
            return (((x * Cosine) + (y * Sine)) / Radius, ((y * Cosine) - (x * Sine)) / Radius);
        }
    }

    /// <summary>A colour with a pattern of brightness: plain, stripes, checks or speckles.</summary>
    /// <param name="Colour">The colour itself.</param>
    /// <param name="Kind">0 plain, 1 stripes, 2 checks, 3 speckles.</param>
    /// <param name="Strength">Change of brightness, up and down.</param>
    /// <param name="StepX">Cycles of the pattern a pixel, in x.</param>
    /// <param name="StepY">Cycles of the pattern a pixel, in y.</param>
    /// <param name="Salt">Seed of the speckles.</param>
    private readonly record struct Paint(Vector3 Colour, int Kind, float Strength, float StepX, float StepY, uint Salt)
    {
        public static Paint Draw(ref CounterRandom random, Vector3 colour, float strength)
        {
            var kind = random.NextInt32(4);
            var (x, y) = Direction(ref random);
            var frequency = 1 / random.Uniform(3, 8);
            return new Paint(colour, kind, strength, x * frequency, y * frequency, random.NextUInt32());
        }

        public Vector3 At(int column, int row) => Kind == 0 ? Colour : Colour + new Vector3(Strength * Pattern(column, row));

        /// <summary>The pattern from -1 to 1.</summary>
        private float Pattern(int column, int row)
        {
            var along = Wave((column * StepX) + (row * StepY));
            return Kind switch
            {
                1 => along,
                2 => along * Wave((row * StepX) - (column * StepY)),
                _ => (Scramble(Salt + (uint)(((row / 2) * Size) + (column / 2))) * (2f / uint.MaxValue)) - 1,
            };
        }

        /// <summary>A triangle wave of period 1, from -1 to 1, steepened to stripes with soft edges.</summary>
        private static float Wave(float phase)
        {
            var triangle = (4 * MathF.Abs(phase - MathF.Floor(phase) - 0.5f)) - 1;
            return MathF.Max(-1, MathF.Min(1, 2 * triangle));
        }

        /// <summary>An integer hash (xor-shift and multiply).</summary>
        private static uint Scramble(uint value)
        {
            value = (value ^ (value >> 16)) * 0x7FEB352Du;
            value = (value ^ (value >> 15)) * 0x846CA68Bu;
            return value ^ (value >> 16);
        }
    }
}
