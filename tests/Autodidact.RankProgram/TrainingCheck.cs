using System.Globalization;
using System.Runtime.InteropServices;
using Autodidact.Pretraining;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;
using Autodidact.Stages;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Pretraining;
using Autodidact.Tests.Training;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.RankProgram;

/// <summary>Methods trained by all ranks together are compared with the same trained by one process.</summary>
internal static class TrainingCheck
{
    /// <summary>Prints a line for each method: how far the ranks' weights and state are from one process's.</summary>
    /// <param name="link">The ranks.</param>
    /// <param name="types">Number types, with a comma between.</param>
    /// <param name="methods">Names of methods.</param>
    public static void Run(MpiLink link, string types, string[] methods) => RankProcesses.Together(link, () =>
    {
        var ranks = new RankGroup(link);
        foreach (var type in types.Split(',').Select(Enum.Parse<ScalarType>))
            RankTraining.InType(type, () => Compare(link, ranks, methods, type));
        return true;
    });

    private static void Compare(MpiLink link, RankGroup ranks, string[] methods, ScalarType type)
    {
        // Each rank trains some methods alone.
        var own = methods.Where((_, i) => i % link.Size == link.Rank).ToDictionary(
            method => method, method => Train(method, RankGroup.Single, type));
        foreach (var (i, method) in methods.Index())
        {
            var root = i % link.Size;
            var together = Train(method, ranks, type);
            var largest = 0.0;
            foreach (var (name, values) in together)
            {
                var one = link.Rank == root ? own[method][name] : new double[values.Length];
                link.Broadcast(MemoryMarshal.AsBytes(one.AsSpan()), root);
                var distance = RankTraining.Distance(one, values);
                if (!(distance <= RankTraining.Tolerances[type]))
                    throw new AutodidactException(FailureKind.Training, $"{method}: {name} in {type} is {distance} from one process's");
                largest = Math.Max(largest, distance);
            }

            if (link.Rank == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method} in {type}: {largest:g2}"));
        }
    }

    private static SortedDictionary<string, double[]> Train(string method, RankGroup ranks, ScalarType type)
    {
        using var objective = PretrainMethods.Find(method) is null ? TinyDistillation.Objective(method) : TinyPretraining.Objective(method);
        return RankTraining.Run(objective, ranks, type, RankTraining.Options);
    }
}
