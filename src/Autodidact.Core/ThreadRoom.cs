namespace Autodidact;

/// <summary>
/// Asks the system for threads before native libraries do. Where a limit of processes is reached, those abort, crash, or call a whole image
/// damaged.
/// </summary>
internal static class ThreadRoom
{
    private const int ForLibraries = 16;
    private const int Stack = 1 << 16;

    /// <summary>Starts as many threads as a command needs at least, and ends them again.</summary>
    /// <exception cref="AutodidactException">They cannot be started; kind Environment.</exception>
    public static void Require() => Require(ForLibraries + (2 * Environment.ProcessorCount), thread => thread.Start());

    /// <summary>Starts threads and ends them again.</summary>
    /// <param name="count">Threads.</param>
    /// <param name="start">Starts one.</param>
    /// <exception cref="AutodidactException">They cannot be started; kind Environment.</exception>
    internal static void Require(int count, Action<Thread> start)
    {
        using var done = new ManualResetEventSlim();
        var started = new List<Thread>();
        try
        {
            while (started.Count < count)
            {
                var thread = new Thread(done.Wait, Stack) { IsBackground = true };
                start(thread);
                started.Add(thread);
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            throw new AutodidactException(
                FailureKind.Environment,
                $"{Plural.Of(started.Count, "more thread")} can be started, and {count} are needed: raise the limit of processes "
                + "(ulimit -u, or the container's), or end other programs",
                e);
        }
        finally
        {
            done.Set();
            started.ForEach(thread => thread.Join());
        }
    }
}
