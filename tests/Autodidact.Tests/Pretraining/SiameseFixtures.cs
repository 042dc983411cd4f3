using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Reference values made by tools/reference/siamese_losses.py.</summary>
internal static class SiameseFixtures
{
    public const int Batch = 6;
    public const int Dimensions = 5;

    /// <summary>
    /// Compares value and gradients with every case of a fixture, in double and in single precision, relative to their size.
    /// </summary>
    /// <param name="fixture">Name of the loss.</param>
    /// <param name="inputs">What is differentiated; their gradients lie one after the other in the fixture.</param>
    /// <param name="loss">The loss under test.</param>
    public static void AssertEqualsLoops(
        string fixture, Func<JsonElement, ScalarType, Tensor[]> inputs, Func<JsonElement, Tensor[], Tensor> loss) =>
        LossFixtures.AssertEqualsLoops(LossFixtures.Load("siamese", fixture).EnumerateArray(), inputs, loss);
}
