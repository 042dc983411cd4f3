using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training.Parts;

public class EmbeddingQueueTests
{
    [Fact]
    public void Should_Begin_With_Random_Directions()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var queue = new EmbeddingQueue(5, 3);
        var rows = queue.Snapshot();
        Assert.True(rows.norm(1).allclose(ones(5)));
        Assert.False(rows[0].allclose(rows[1]));
        random.manual_seed(1);
        using var again = new EmbeddingQueue(5, 3);
        Assert.True(rows.equal(again.Snapshot()).all().item<bool>());
    }

    [Fact]
    public void Should_Replace_The_Oldest_And_Go_Round()
    {
        using var scope = NewDisposeScope();
        using var queue = Filled();
        queue.Enqueue(Rows(10, 11));
        Assert.Equal([10, 11, 2, 3, 4], Numbers(queue));
        queue.Enqueue(Rows(12, 13, 14, 15));
        Assert.Equal([15, 11, 12, 13, 14], Numbers(queue));
        queue.Enqueue(Rows(16));
        Assert.Equal([15, 16, 12, 13, 14], Numbers(queue));
    }

    [Fact]
    public void Should_Keep_The_Last_Of_More_Than_It_Holds()
    {
        using var scope = NewDisposeScope();
        using var queue = Filled();
        queue.Enqueue(Rows(10, 11, 12, 13, 14, 15, 16));
        Assert.Equal([15, 16, 12, 13, 14], Numbers(queue));
        queue.Enqueue(Rows(17));
        Assert.Equal([15, 16, 17, 13, 14], Numbers(queue));
    }

    [Fact]
    public void Should_Leave_Gradients_Of_Earlier_Snapshots_Right()
    {
        using var scope = NewDisposeScope();
        using var queue = Filled();
        var x = ones(1, 2).requires_grad_(true);
        var product = mm(x, queue.Snapshot().t()).sum();
        queue.Enqueue(x * 7);
        product.backward();
        Assert.True(x.grad!.allclose(full([1, 2], 10f)));
        Assert.False(queue.Snapshot().requires_grad);
        Assert.Equal(7, Numbers(queue)[0]);
    }

    [Fact]
    public void Should_Go_On_From_Its_State()
    {
        using var scope = NewDisposeScope();
        using var queue = Filled();
        using var other = Filled();
        queue.Enqueue(Rows(10, 11, 12));
        var state = new Dictionary<string, Tensor>(other.State("q"));
        Assert.Equal(["q", "q_next"], state.Keys.Order());
        foreach (var (name, value) in queue.State("q")) state[name].copy_(value);
        other.Enqueue(Rows(13, 14, 15));
        queue.Enqueue(Rows(13, 14, 15));
        Assert.Equal([15, 11, 12, 13, 14], Numbers(other));
        Assert.Equal(Numbers(queue), Numbers(other));
    }

    [Fact]
    public void Should_Refuse_Other_Dimensions()
    {
        using var scope = NewDisposeScope();
        using var queue = Filled();
        Assert.Throws<ArgumentException>(() => queue.Enqueue(ones(2, 1)));
        Assert.Throws<ArgumentException>(() => queue.Enqueue(ones(2)));
        Assert.Throws<ArgumentException>(() => queue.Fill(ones(1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmbeddingQueue(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmbeddingQueue(2, 0));
    }

    private static EmbeddingQueue Filled()
    {
        var queue = new EmbeddingQueue(5, 2);
        queue.Fill(Rows(0, 1, 2, 3, 4));
        return queue;
    }

    private static Tensor Rows(params float[] numbers) => tensor(numbers).unsqueeze(1).expand(-1, 2);

    private static float[] Numbers(EmbeddingQueue queue) => queue.Snapshot().select(1, 0).contiguous().data<float>().ToArray();
}
