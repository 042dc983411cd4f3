using Autodidact.Images;

namespace Autodidact.Tests.Images;

public class DecodeGateTests
{
    [Fact]
    public void Should_Let_In_As_Many_As_Fit_And_The_Others_In_Their_Order()
    {
        var gate = new DecodeGate(100);
        var first = gate.Enter(60, CancellationToken.None);
        var entered = new List<int>();
        var large = Start(90, 1);
        Assert.True(SpinWait.SpinUntil(() => gate.Waiting == 1, TimeSpan.FromSeconds(20)));

        // It would fit beside the first, but the larger one came before it.
        var small = Start(20, 2);
        Assert.True(SpinWait.SpinUntil(() => gate.Waiting == 2, TimeSpan.FromSeconds(20)));
        Assert.Empty(entered);
        first.Dispose();
        large.Join();
        small.Join();
        Assert.Equal([1, 2], entered);

        Thread Start(long bytes, int number)
        {
            var thread = new Thread(() =>
            {
                using var turn = gate.Enter(bytes, CancellationToken.None);
                lock (entered)
                    entered.Add(number);
            });
            thread.Start();
            return thread;
        }
    }

    [Fact]
    public void Should_Let_A_Picture_In_Alone_That_Is_Larger_Than_The_Total()
    {
        var gate = new DecodeGate(100);
        using (gate.Enter(1_000, CancellationToken.None))
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            Assert.ThrowsAny<OperationCanceledException>(() => gate.Enter(1, soon.Token));
            Assert.Equal(0, gate.Waiting);
        }

        gate.Enter(100, CancellationToken.None).Dispose();
    }

    [Fact]
    public void Should_Never_Hold_More_Than_The_Total()
    {
        var gate = new DecodeGate(10);
        var (held, most) = (0L, 0L);
        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var bytes = 1 + (i * 7 % 10);
            using var turn = gate.Enter(bytes, CancellationToken.None);
            var now = Interlocked.Add(ref held, bytes);
            for (var seen = Interlocked.Read(ref most); now > seen; seen = Interlocked.Read(ref most))
                Interlocked.CompareExchange(ref most, now, seen);
            Interlocked.Add(ref held, -bytes);
        });
        Assert.InRange(most, 1, 10);
    }
}
