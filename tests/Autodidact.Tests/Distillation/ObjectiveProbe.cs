using System.Security.Cryptography;
using Autodidact.Models;
using Autodidact.Tests.Training;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

/// <summary>Looks at an objective while it trains on <see cref="TinyProblem"/>.</summary>
internal static class ObjectiveProbe
{
    /// <summary>Trains to the end, or to where the token is cancelled.</summary>
    public static void Train(
        IObjective objective, Action<TrainingProgress>? progress = null, CheckpointStore? store = null, long steps = 12,
        CancellationToken token = default)
    {
        using var trainer =
            new Trainer(
                objective,
                TinyProblem.ImageSet(),
                TinyProblem.Positions,
                TinyProblem.Options(steps))
            { Progress = progress, Checkpoints = store, Features = TinyDistillation.Features };
        trainer.Run(token);
    }

    /// <summary>Digest of a module's weights and buffers.</summary>
    public static Dictionary<string, string> Bits(this nn.Module module) =>
        module.NamedState().ToDictionary(s => s.Key, s => Digest(s.Value));

    public static string Digest(Tensor tensor) => Convert.ToHexString(SHA256.HashData(tensor.detach().contiguous().bytes));

    /// <summary>Names of what differs.</summary>
    public static string[] Moved(this Dictionary<string, string> before, Dictionary<string, string> after)
    {
        Assert.Equal(before.Keys, after.Keys);
        return [.. before.Where(b => after[b.Key] != b.Value).Select(b => b.Key)];
    }
}
