using System.Diagnostics;

namespace Autodidact.Tests.Serialization;

/// <summary>Checks a refusal of a file: one line that names it, of kind Data, in bounded time and memory.</summary>
internal static class Refusal
{
    /// <summary>Far above what any refusal takes, on the slowest machine; far below what a bomb takes that went off.</summary>
    private static readonly TimeSpan _mostTime = TimeSpan.FromSeconds(10);

    /// <summary>Checks one.</summary>
    /// <param name="path">The file the message must name.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="mostBytes">Managed memory it may allocate.</param>
    /// <param name="what">The mutation, for the message of a failure.</param>
    /// <returns>The line.</returns>
    public static string Of(string path, Action read, long mostBytes = 4 << 20, string what = "")
    {
        AutodidactException? refused = null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        try
        {
            read();
        }
        catch (AutodidactException e)
        {
            refused = e;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        var time = Stopwatch.GetElapsedTime(start);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(refused is not null, $"{what}: it was read");
        Assert.True(refused.Kind == FailureKind.Data, $"{what}: kind {refused.Kind}");
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.True(
            !refused.Message.Any(char.IsControl) && refused.Message.Length < path.Length + 500,
            $"{what}: not one short line: {refused.Message}");
        Assert.True(bytes <= mostBytes, $"{what}: {bytes} bytes were allocated");
        Assert.True(time < _mostTime, $"{what}: it took {time}");
        return refused.Message;
    }
}
