namespace Autodidact.Tests.Evaluation;

/// <summary>The fixture that tools/reference/squared_hinge.py writes.</summary>
internal sealed record SquaredHingeFixture(SquaredHingeFixture.GradientCase[] Gradients, LinearProbeTests.Case[] Probes)
{
    /// <summary>Seed of the weights, (columns + 1) x classes.</summary>
    public const int WeightSeed = 5;

    internal sealed record GradientCase(
        string Name, int Rows, int Columns, int Classes, double L2, double Spread, double Loss, double[] Gradient);
}
