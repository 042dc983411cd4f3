using System.Runtime.Intrinsics;

namespace Autodidact.Views;

/// <summary>Writes planes as channels-last floats, normalised on the way.</summary>
internal static unsafe class Interleaver
{
    /// <summary>output[3 i + c] = (plane c[i] - mean c) / std c.</summary>
    internal static void Write(in Planes planes, PixelNormalization normalization, float* output)
    {
        var (mean, std) = (normalization.Mean, normalization.Std);
        var (gainRed, gainGreen, gainBlue) = (1 / std.Red, 1 / std.Green, 1 / std.Blue);
        var (shiftRed, shiftGreen, shiftBlue) = (-mean.Red / std.Red, -mean.Green / std.Green, -mean.Blue / std.Blue);
        if (planes.Length < Lanes.Width)
        {
            for (var i = 0; i < planes.Length; i++)
            {
                output[3 * i] = float.FusedMultiplyAdd(planes.Red[i], gainRed, shiftRed);
                output[(3 * i) + 1] = float.FusedMultiplyAdd(planes.Green[i], gainGreen, shiftGreen);
                output[(3 * i) + 2] = float.FusedMultiplyAdd(planes.Blue[i], gainBlue, shiftBlue);
            }

            return;
        }

        // The 24 floats of eight pixels fill three vectors; in each, every third lane belongs to the same channel.
        var third0 = Vector256.Create(-1, 0, 0, -1, 0, 0, -1, 0).AsSingle();
        var third1 = Vector256.Create(0, -1, 0, 0, -1, 0, 0, -1).AsSingle();
        var third2 = Vector256.Create(0, 0, -1, 0, 0, -1, 0, 0).AsSingle();
        var pixels0 = Vector256.Create(0, 0, 0, 1, 1, 1, 2, 2);
        var pixels1 = Vector256.Create(2, 3, 3, 3, 4, 4, 4, 5);
        var pixels2 = Vector256.Create(5, 5, 6, 6, 6, 7, 7, 7);
        for (var done = 0; done < planes.Length; done += Lanes.Width)
        {
            var i = Math.Min(done, planes.Length - Lanes.Width);
            var r = Vector256.FusedMultiplyAdd(Vector256.Load(planes.Red + i), Vector256.Create(gainRed), Vector256.Create(shiftRed));
            var g = Vector256.FusedMultiplyAdd(Vector256.Load(planes.Green + i), Vector256.Create(gainGreen), Vector256.Create(shiftGreen));
            var b = Vector256.FusedMultiplyAdd(Vector256.Load(planes.Blue + i), Vector256.Create(gainBlue), Vector256.Create(shiftBlue));
            var to = output + (3 * i);
            Mix(r, g, b, pixels0, third0, third1).Store(to);
            Mix(r, g, b, pixels1, third1, third2).Store(to + 8);
            Mix(r, g, b, pixels2, third2, third0).Store(to + 16);
        }
    }

    private static Vector256<float> Mix(
        Vector256<float> r, Vector256<float> g, Vector256<float> b, Vector256<int> pixels, Vector256<float> red, Vector256<float> green) =>
        Vector256.ConditionalSelect(
            red,
            Vector256.Shuffle(r, pixels),
            Vector256.ConditionalSelect(green, Vector256.Shuffle(g, pixels), Vector256.Shuffle(b, pixels)));
}
