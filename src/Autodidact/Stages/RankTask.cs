using System.Text.Json;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>The things that the first process does together with the others.</summary>
internal enum RankWork
{
    /// <summary>Packs the images.</summary>
    Pack,

    /// <summary>Trains.</summary>
    Train,

    /// <summary>Times steps of a training, on throw-away weights.</summary>
    Time,

    /// <summary>Extracts features and clusters them.</summary>
    Cluster,

    /// <summary>Measures what comes before the student.</summary>
    Baselines,

    /// <summary>Measures the student.</summary>
    Student,
}

/// <summary>A work that the first process begins, and the others follow.</summary>
/// <param name="Root">The run directory, which every rank sees.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Work">The work.</param>
/// <param name="Steps">Steps of a training in all.</param>
internal sealed record RankTask(string Root, Stage Stage, RankWork Work, long Steps = 0)
{
    /// <summary>Where steps are timed: the steps of the training to come; null where they depend on the timing.</summary>
    public long? Planned { get; init; }

    /// <summary>The run's options where its record does not have them yet, as JSON.</summary>
    public string? Options { get; init; }

    /// <summary>Whether a part of the images was set aside for evaluation when the run began.</summary>
    public bool? SetAside { get; init; }

    /// <summary>Tells the other processes to follow; nothing where this process was started alone.</summary>
    public void Announce()
    {
        if (MpiWorld.Link is { } link) Send(link, JsonSerializer.SerializeToUtf8Bytes(this));
    }

    /// <summary>Tells the other processes that there is nothing more to follow.</summary>
    /// <param name="link">The ranks.</param>
    public static void End(IRankLink link) => Send(link, []);

    /// <summary>Waits for the next task; null is the end.</summary>
    /// <param name="link">The ranks.</param>
    public static RankTask? Next(IRankLink link)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        link.Broadcast(length, 0);
        var bytes = new byte[BitConverter.ToInt32(length)];
        if (bytes.Length == 0) return null;
        link.Broadcast(bytes, 0);
        return JsonSerializer.Deserialize<RankTask>(bytes);
    }

    private static void Send(IRankLink link, byte[] bytes)
    {
        link.Broadcast(BitConverter.GetBytes(bytes.Length), 0);
        if (bytes.Length > 0) link.Broadcast(bytes, 0);
    }
}
