using Autodidact.Configuration;
using Autodidact.Evaluation;

namespace Autodidact.Stages;

/// <summary>Settings of the probes, from a run's options.</summary>
internal static class Probes
{
    /// <summary>The settings.</summary>
    /// <param name="options">The run's options.</param>
    public static ProbeOptions Of(RunOptions options) => new()
    {
        Knn = options.Evaluate.Knn,
        Linear = options.Evaluate.Linear,
        Spherical = options.Cluster.Spherical,
        Threads = options.Threads,
        Seed = new Seeds(options.Seed).Of(SeedStream.Evaluate),
    };
}
