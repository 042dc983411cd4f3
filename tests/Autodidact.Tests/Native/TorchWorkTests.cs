using Autodidact.Native;
using TorchSharp;

namespace Autodidact.Tests.Native;

public sealed class TorchWorkTests
{
    [Fact]
    public void Should_Do_Every_Piece_Once_On_Several_Threads()
    {
        using var two = TorchThreads.Use(2);
        using var both = new Barrier(2);
        var done = new int[50];
        TorchWork.Run(2, _ => Assert.True(both.SignalAndWait(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken)));
        TorchWork.Run(done.Length, number => Interlocked.Increment(ref done[number]));
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void Should_Compute_Pieces_With_One_Thread_Without_Gradients_And_Not_Divide_Them_Again()
    {
        using var three = TorchThreads.Use(3);
        TorchWork.Run(20, _ =>
        {
            Assert.Equal(1, torch.get_num_threads());
            Assert.Equal(1, TorchThreads.Cores);
            Assert.False(torch.is_grad_enabled());
        });
        Assert.Equal(3, TorchThreads.Cores);
        Assert.True(torch.is_grad_enabled());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Should_Take_Results_In_Order_Though_Pieces_End_In_Another(int cores)
    {
        using var use = TorchThreads.Use(cores);
        var taken = new List<int>();
        TorchWork.InOrder(
            40,
            number =>
            {
                if (number % 7 == 0) Thread.Sleep(5);
                return number;
            },
            taken.Add);
        Assert.Equal(Enumerable.Range(0, 40), taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Should_End_With_The_Error_Of_A_Piece(int cores)
    {
        using var use = TorchThreads.Use(cores);
        Assert.Equal("piece 5", Assert.Throws<InvalidOperationException>(() => TorchWork.Run(90, Fails)).Message);
        Assert.Equal(
            "piece 5",
            Assert.Throws<InvalidOperationException>(() => TorchWork.InOrder(
                90,
                number =>
                {
                    Fails(number);
                    return number;
                },
                _ => { })).Message);

        static void Fails(int number)
        {
            if (number == 5) throw new InvalidOperationException($"piece {number}");
        }
    }
}
