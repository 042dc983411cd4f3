using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Reference values made by tools/reference/pretext_losses.py.</summary>
internal static class PretextFixtures
{
    /// <summary>Rows of the memory of 9 that the batch's images have, and those drawn as noise.</summary>
    public static readonly long[] Rows = [7, 2, 5];
    public static readonly long[] Negatives = [0, 3, 3, 8, 2];

    public static IReadOnlyList<JsonElement> Cases(string loss) => [.. LossFixtures.Load("pretext", loss).EnumerateArray()];

    public static Tensor Memory(ScalarType type = ScalarType.Float64) =>
        nn.functional.normalize(LossFixtures.Formula(9, 4, 0.8, type: type).detach(), p: 2, dim: 1);

    /// <summary>
    /// Compares value and gradient with every case of a fixture, in double and in single precision, relative to their size.
    /// </summary>
    public static void AssertEqualsLoops(string fixture, Func<ScalarType, Tensor> input, Func<JsonElement, Tensor, Tensor> loss) =>
        LossFixtures.AssertEqualsLoops(Cases(fixture), (_, type) => [input(type)], (expected, x) => loss(expected, x[0]));
}
