using Autodidact.Training;
using TorchSharp;

namespace Autodidact.Tests.Training;

public sealed class ThreadChoiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    public void Should_Take_Every_Core_Where_Nothing_Else_Runs(int cores) =>
        Assert.Equal(cores, ThreadChoice.Choose(cores, Machine(cores, busy: 0), Never, Token));

    /// <summary>No more than are free, and at least seven eighths of them.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(8, 1)]
    [InlineData(8, 6)]
    [InlineData(64, 1)]
    [InlineData(64, 40)]
    public void Should_Leave_Out_Cores_That_Others_Hold(int cores, int busy)
    {
        var free = cores - busy;
        Assert.InRange(ThreadChoice.Choose(cores, Machine(cores, busy), () => { }, Token), ((7 * free) + 7) / 8, free);
    }

    [Fact]
    public void Should_Keep_One_Thread_Where_Every_Core_Is_Held() =>
        Assert.Equal(1, ThreadChoice.Choose(4, Machine(4, busy: 4), () => { }, Token));

    [Theory]
    [InlineData(1, 8)]
    [InlineData(4, 8)]
    [InlineData(5, 7)]
    public void Should_Not_Heed_A_Program_That_Is_Soon_Done(int pausesBusy, int threads)
    {
        var pauses = 0;
        Assert.Equal(threads, ThreadChoice.Choose(8, n => Machine(8, busy: pauses < pausesBusy ? 1 : 0)(n), () => pauses++, Token));
        Assert.Equal(Math.Min(pausesBusy, 5), pauses);
    }

    /// <summary>A look that happens to fall into a pause of the other program is not believed.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void Should_Not_Believe_One_Look_That_Finds_Every_Core_Free(int free)
    {
        // A look at two cores that are of one mind takes twelve timings.
        var timings = 0;
        Assert.Equal(1, ThreadChoice.Choose(2, threads => Machine(2, busy: timings++ / 12 == free ? 0 : 1)(threads), () => { }, Token));
        Assert.Equal(6 * 12, timings);
    }

    [Fact]
    public void Should_Not_Heed_A_Hiccup_Now_And_Then()
    {
        var calls = 0;
        Assert.Equal(2, ThreadChoice.Choose(2, threads => ++calls % 7 == 5 ? 9 : Machine(2, busy: 0)(threads), Never, Token));
    }

    [Fact]
    public void Should_Time_Real_Work_And_Leave_The_Number_Of_Threads_As_It_Was()
    {
        // Tensors that earlier tests forgot would go while this one runs.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (threads, tensors) = (torch.get_num_threads(), torch.Tensor.TotalCount);
        Assert.InRange(ThreadChoice.Choose(2, Token), 1, 2);
        Assert.Equal(threads, torch.get_num_threads());
        Assert.Equal(tensors, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Should_Stop_When_Asked()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => ThreadChoice.Choose(2, Machine(2, busy: 0), Never, source.Token));
    }

    /// <summary>
    /// A share of work is a second's; where the threads are more than the free cores, each step waits for the slices of time of other
    /// programs. Nothing scales quite.
    /// </summary>
    private static Func<int, double> Machine(int cores, int busy) =>
        threads => (1 + (0.5 * threads / cores)) * (threads > Math.Max(1, cores - busy) ? 20 : 1);

    private static void Never() => Assert.Fail("nothing was wasteful");
}
