using Autodidact.Models;
using Autodidact.Ranks;
using Autodidact.Tests.Distillation;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>Five steps of one rank, and what they leave. The program that mpirun starts for tests has this file as well.</summary>
internal static class RankTraining
{
    /// <summary>The number types in which ranks are compared with one process, and how far weights may be apart.</summary>
    public static IReadOnlyDictionary<ScalarType, double> Tolerances { get; } =
        new Dictionary<ScalarType, double> { [ScalarType.Float32] = 1e-4, [ScalarType.Float64] = 1e-10 };

    // Small steps: in float32, large ones from random weights multiply what rounding began.
    public static TrainerOptions Options { get; } = TinyProblem.Options(steps: 5) with
    {
        BatchSize = 16,
        Optimizer = TinyProblem.Options().Optimizer with { LearningRate = 0.002 },
    };

    /// <summary>Does a work while torch makes tensors of a type unless it is told another.</summary>
    /// <param name="type">The type.</param>
    /// <param name="work">The work.</param>
    public static void InType(ScalarType type, Action work)
    {
        set_default_dtype(type);
        try
        {
            work();
        }
        finally
        {
            set_default_dtype(ScalarType.Float32);
        }
    }

    /// <summary>Trains as one rank.</summary>
    /// <param name="objective">This rank's objective, made as every other rank's.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="type">The number type of weights and views.</param>
    /// <param name="options">How it trains.</param>
    /// <returns>Weights, buffers and state by name.</returns>
    public static SortedDictionary<string, double[]> Run(IObjective objective, RankGroup ranks, ScalarType type, TrainerOptions options)
    {
        objective.Network.to(type);
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, options)
        {
            Ranks = ranks,
            ViewType = type,
            Features = model => TinyDistillation.Features(view => model(view.to(type)).to(ScalarType.Float32)),
        };
        trainer.Run();
        using var scope = NewDisposeScope();
        return new(
            objective.Network.NamedState()
                .Concat(objective.State)
                .ToDictionary(s => s.Key, s => s.Value.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray()),
            StringComparer.Ordinal);
    }

    /// <summary>The largest distance of two numbers; not a number where one of them is none.</summary>
    /// <param name="one">Numbers.</param>
    /// <param name="other">As many.</param>
    public static double Distance(ReadOnlySpan<double> one, ReadOnlySpan<double> other)
    {
        if (one.Length != other.Length) return double.NaN;
        var largest = 0.0;
        for (var i = 0; i < one.Length; i++) largest = Math.Max(largest, Math.Abs(one[i] - other[i]));
        return largest;
    }
}
