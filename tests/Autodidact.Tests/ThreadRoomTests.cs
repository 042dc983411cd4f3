namespace Autodidact.Tests;

/// <summary>A limit of threads is met before a native library meets it.</summary>
public class ThreadRoomTests
{
    [Fact]
    public void Should_Start_And_End_What_Is_Needed()
    {
        var threads = new List<Thread>();
        ThreadRoom.Require(5, thread =>
        {
            threads.Add(thread);
            thread.Start();
        });
        Assert.Equal(5, threads.Count);
        Assert.All(threads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void Should_Say_How_Many_Can_Be_Started()
    {
        var threads = new List<Thread>();
        var refused = Assert.Throws<AutodidactException>(() => ThreadRoom.Require(5, thread =>
        {
            if (threads.Count == 3) throw new OutOfMemoryException();
            threads.Add(thread);
            thread.Start();
        }));
        Assert.Equal(FailureKind.Environment, refused.Kind);
        Assert.StartsWith("3 more threads can be started, and 5 are needed: ", refused.Message, StringComparison.Ordinal);
        Assert.All(threads, thread => Assert.False(thread.IsAlive));
    }
}
