using System.Text.Json;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>A training that the first rank begins, and the other processes follow.</summary>
/// <param name="Root">The run directory, which every rank sees.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Timed">Whether steps are only timed, on throw-away weights.</param>
internal sealed record RankTask(string Root, Stage Stage, long Steps, bool Timed)
{
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
