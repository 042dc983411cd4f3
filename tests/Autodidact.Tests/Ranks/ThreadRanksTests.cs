using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Ranks;

/// <summary>Ranks that are threads of one process.</summary>
public sealed class ThreadRanksTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Should_Sum_To_The_Same_Bits_On_Every_Rank(int size)
    {
        const int Count = 1_003;
        var sums = ThreadRanks.Run(size, ranks =>
        {
            var values = Enumerable.Range(0, Count).Select(i => (double)i / (ranks.Rank + 1)).ToArray();
            ranks.Sum(values);
            return values;
        });
        Assert.All(sums, values => Assert.Equal(sums[0], values));
        Assert.Equal(10 * Enumerable.Range(1, size).Sum(r => 1.0 / r), sums[0][10], 12);
    }

    [Theory]
    [InlineData(7, 2, 3)]
    [InlineData(4, 4, 1)]
    public void Should_Join_Rows_As_One_Process_Has_Them(int images, int size, int views)
    {
        using var whole = arange(views * images * 2, ScalarType.Float32).view(views * images, 2);
        var joined = ThreadRanks.Run(size, ranks =>
        {
            var (first, count) = ranks.Part(images);
            using var own = whole.view(views, images, 2).narrow(1, first, count).reshape(views * count, 2);
            return ranks.Gather(own, images).data<float>().ToArray();
        });
        Assert.All(joined, rows => Assert.Equal(whole.data<float>().ToArray(), rows));
    }

    [Fact]
    public void Should_Give_Gradients_To_Own_Rows_Alone()
    {
        var gradients = ThreadRanks.Run(2, ranks =>
        {
            using var own = full([2, 1], ranks.Rank + 1.0f).requires_grad_();
            var all = ranks.Gather(own, 4);
            (all * all.sum()).sum().backward();
            return own.grad!.data<float>().ToArray();
        });

        // The sum of all rows is 6, so the loss is its square, and each row's gradient 12.
        Assert.All(gradients, values => Assert.All(values, value => Assert.Equal(12, value)));
    }

    [Fact]
    public void Should_End_All_Ranks_With_The_Error_Of_The_One_That_Failed()
    {
        var error = Assert.Throws<AutodidactException>(() => ThreadRanks.Run(3, ranks =>
        {
            if (ranks.Rank == 1) throw new AutodidactException(FailureKind.Data, "a picture is damaged");
            ranks.Sum(new double[5]);
            return true;
        }));
        Assert.Equal(FailureKind.Data, error.Kind);
        Assert.Equal("a picture is damaged", error.Message);
    }

    [Fact]
    public void Should_Throw_What_Failed_Within_A_Backward_Pass_At_The_Next_Call()
    {
        Assert.Throws<AutodidactException>(() => ThreadRanks.Run(2, ranks =>
        {
            Assert.False(ranks.Try(() => throw new AutodidactException(FailureKind.Training, "lost")));
            Assert.False(ranks.Try(() => Assert.Fail("not after an error")));
            ranks.Check();
            return true;
        }));
    }
}
