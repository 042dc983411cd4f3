namespace Autodidact.Tests;

public class CallGateTests
{
    [Fact]
    public void Should_Refuse_Calls_Once_It_Is_Closed()
    {
        var gate = new CallGate(this);
        gate.Enter().Dispose();
        Assert.True(gate.Close());
        Assert.False(gate.Close());
        Assert.Contains(
            nameof(CallGateTests), Assert.Throws<ObjectDisposedException>(() => gate.Enter()).ObjectName, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(gate.ThrowIfClosed);
    }

    [Fact]
    public async Task Should_Wait_For_Every_Call_Inside_And_Let_None_In_Meanwhile()
    {
        var gate = new CallGate(this);
        var (first, second) = (gate.Enter(), gate.Enter());
        var closing = Task.Run(gate.Close, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(IsClosed, TimeSpan.FromSeconds(30)));
        first.Dispose();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(closing.IsCompleted);
        second.Dispose();
        Assert.True(await closing);

        bool IsClosed()
        {
            try
            {
                gate.ThrowIfClosed();
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }
}
