using Autodidact.Numerics;
using NetVips;

namespace Autodidact.Benchmarks;

/// <summary>
/// Made-up photos of the size and the detail of ImageNet's, in its layout of folders: train/CLASS/ and val/CLASS/. Coloured noise of many
/// scales lies under stripes and discs whose colours, width and direction tell the class.
/// </summary>
internal static class Photos
{
    private const int Width = 500;
    private const int Height = 375;
    private const int Channels = 3;
    private const int LargestCell = 128;
    private const int Discs = 5;
    private const ulong Seed = 224;

    /// <summary>Writes those that are not there yet.</summary>
    /// <param name="folder">The folder above train and val.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="train">Training photos of a class.</param>
    /// <param name="evaluation">Evaluation photos of a class.</param>
    public static void Write(string folder, int classes, int train, int evaluation) => Parallel.For(0, classes, number =>
    {
        foreach (var (split, first, count) in new[] { ("train", 0, train), ("val", train, evaluation) })
        {
            var home = Directory.CreateDirectory(Path.Combine(folder, split, $"n{number:D8}")).FullName;
            for (var photo = first; photo < first + count; photo++)
            {
                var path = Path.Combine(home, $"n{number:D8}_{photo}.jpg");
                if (!File.Exists(path)) Write(path, (uint)number, (uint)photo);
            }
        }
    });

    private static void Write(string path, uint @class, uint photo)
    {
        var values = new float[Height * Width * Channels];
        var own = new CounterRandom(Seed, @class, photo, 1);
        var common = new CounterRandom(Seed, @class);
        AddNoise(values, ref own);
        Draw(values, ref common, ref own);
        var pixels = Array.ConvertAll(values, value => (byte)Math.Clamp(255 * value, 0, 255));
        using var image = Image.NewFromMemory(pixels, Width, Height, Channels, Enums.BandFormat.Uchar);
        using var tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
        tagged.Jpegsave(path, q: 90);
    }

    /// <summary>Noise between the points of ever finer grids, weaker the finer they are, as in photos.</summary>
    private static void AddNoise(float[] values, ref CounterRandom random)
    {
        for (var cell = LargestCell; cell >= 1; cell /= 2)
        {
            var columns = (Width / cell) + 2;
            var grid = new float[((Height / cell) + 2) * columns * Channels];
            for (var i = 0; i < grid.Length; i++) grid[i] = random.Uniform(-1, 1);
            var strength = 0.25f * MathF.Sqrt((float)cell / LargestCell);
            for (var y = 0; y < Height; y++)
            {
                var (row, down) = (y / cell, (float)(y % cell) / cell);
                for (var x = 0; x < Width; x++)
                {
                    var (column, right) = (x / cell, (float)(x % cell) / cell);
                    for (var c = 0; c < Channels; c++)
                    {
                        float At(int r, int k) => grid[((((row + r) * columns) + column + k) * Channels) + c];
                        var above = At(0, 0) + (right * (At(0, 1) - At(0, 0)));
                        var below = At(1, 0) + (right * (At(1, 1) - At(1, 0)));
                        values[(((y * Width) + x) * Channels) + c] += strength * (above + (down * (below - above)));
                    }
                }
            }
        }
    }

    private static void Draw(float[] values, ref CounterRandom common, ref CounterRandom own)
    {
        var (ground, stripe, disc) = (Colour(ref common), Colour(ref common), Colour(ref common));
        var (turn, width) = (common.Uniform(0, MathF.PI), common.Uniform(8, 60));
        var (across, along) = (MathF.Cos(turn) * MathF.PI / width, MathF.Sin(turn) * MathF.PI / width);
        var shift = own.Uniform(0, 2 * MathF.PI);
        var discs = new (float X, float Y, float Radius)[Discs];
        for (var i = 0; i < Discs; i++) discs[i] = (own.Uniform(0, Width), own.Uniform(0, Height), own.Uniform(15, 90));
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var striped = MathF.Sin((across * x) + (along * y) + shift) > 0;
                var covered = Array.Exists(discs, d => ((x - d.X) * (x - d.X)) + ((y - d.Y) * (y - d.Y)) < d.Radius * d.Radius);
                var colour = covered ? disc : striped ? stripe : ground;
                for (var c = 0; c < Channels; c++) values[(((y * Width) + x) * Channels) + c] += colour[c];
            }
        }
    }

    private static float[] Colour(ref CounterRandom random) => [random.NextSingle(), random.NextSingle(), random.NextSingle()];
}
