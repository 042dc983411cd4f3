using System.Text;
using Autodidact.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

/// <summary>
/// The weights and images of <c>tools/reference/models.py</c>, made by the same formula, so that only outputs are checked in.
/// </summary>
internal static class FormulaWeights
{
    public static T Fill<T>(T module)
        where T : nn.Module
    {
        using var noGrad = no_grad();
        var weights = module.NamedState().Where(pair => !pair.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal));
        foreach (var (name, tensor) in weights)
        {
            var shape = tensor.shape;
            var (middle, spread) = shape.Length >= 2 ? (0, Math.Sqrt(6.0 / shape.Skip(1).Aggregate(1L, (a, b) => a * b)))
                : name.EndsWith("running_var", StringComparison.Ordinal) ? (3, 1.5)
                : name.EndsWith("weight", StringComparison.Ordinal) ? (1, 0.2)
                : (0, 0.1);
            using var filled = torch.tensor(Uniform(name, tensor.NumberOfElements, middle, spread), shape);
            tensor.copy_(filled);
        }

        return module;
    }

    public static Tensor Images(int batch, int size)
    {
        using var scope = NewDisposeScope();
        var values = Uniform($"images {size}", batch * 3L * size * size, 0, 1.5);
        return tensor(values, batch, 3, size, size).ToChannelsLast().MoveToOuterDisposeScope();
    }

    private static float[] Uniform(string name, long count, double middle, double spread)
    {
        var seed = 2166136261u;
        foreach (var value in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ value) * 16777619u;
        }

        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
        {
            var h = ((uint)i * 2654435769u) + seed;
            h = (h ^ (h >> 16)) * 0x7FEB352Du;
            h = (h ^ (h >> 15)) * 0x846CA68Bu;
            h ^= h >> 16;
            values[i] = (float)(middle + (spread * ((h / 2147483648.0) - 1)));
        }

        return values;
    }
}
