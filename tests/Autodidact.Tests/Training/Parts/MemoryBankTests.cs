using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training.Parts;

public class MemoryBankTests
{
    [Fact]
    public void Should_Begin_With_Unit_Vectors_Of_The_Seed()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var bank = new MemoryBank(6, 3);
        random.manual_seed(5);
        using var again = new MemoryBank(6, 3);
        Assert.Equal(0, (bank.Snapshot() - again.Snapshot()).abs().max().item<float>());
        Assert.Equal(0, (bank.Snapshot().norm(1) - 1).abs().max().item<float>(), 1e-6);
        Assert.True((bank.Snapshot()[0] - bank.Snapshot()[1]).abs().max().item<float>() > 0.01);
    }

    [Fact]
    public void Should_Move_The_Images_Given_And_No_Other()
    {
        using var scope = NewDisposeScope();
        using var bank = new MemoryBank(4, 2);
        bank.Update(tensor(new long[] { 0, 1, 2, 3 }), tensor(new float[] { 1, 0, 1, 0, 1, 0, 1, 0 }, [4, 2]), momentum: 0);
        var before = bank.Snapshot();

        // 0.6 (1, 0) + 0.4 (0, 1) over its length; the embedding's own length does not matter.
        bank.Update(tensor(new long[] { 2, 1 }), tensor(new float[] { 0, 5, 3, 0 }, [2, 2]), momentum: 0.6);
        var length = MathF.Sqrt(0.36f + 0.16f);
        Assert.Equal(
            [1, 0, 1, 0, 0.6f / length, 0.4f / length, 1, 0], bank.Snapshot().data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, 0, 1, 0, 1, 0, 1, 0], before.data<float>().ToArray());
        Assert.Equal(
            [0.6f / length, 0.4f / length], bank.Rows(tensor(new long[] { 2 })).data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Should_Stay_At_Momentum_One_And_In_Place()
    {
        using var scope = NewDisposeScope();
        using var bank = new MemoryBank(4, 2);
        var (name, state) = bank.State("bank");
        var before = bank.Snapshot();
        bank.Update(tensor(new long[] { 3 }), ones(1, 2), momentum: 1);
        Assert.Equal(0, (before - bank.Snapshot()).abs().max().item<float>(), 1e-6);
        bank.Update(tensor(new long[] { 3 }), ones(1, 2), momentum: 0);
        Assert.Equal("bank", name);
        Assert.Equal(MathF.Sqrt(0.5f), state[3, 0].item<float>(), 1e-6);
    }

    [Fact]
    public void Should_Leave_A_Gradient_Right_That_Needs_What_It_Was()
    {
        using var scope = NewDisposeScope();
        using var bank = new MemoryBank(4, 2);
        var (rows, all) = (bank.Rows(tensor(new long[] { 0 })), bank.Snapshot());
        var x = ones(1, 2).requires_grad_(true);
        var loss = (x * rows).sum() + mm(x, all.t()).sum();
        var expected = rows.clone() + all.sum([0L]);
        bank.Update(tensor(new long[] { 0, 1 }), ones(2, 2), momentum: 0.5);
        loss.backward();
        Assert.Equal(0, (x.grad! - expected).abs().max().item<float>(), 1e-6);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Momenta()
    {
        using var scope = NewDisposeScope();
        using var bank = new MemoryBank(4, 2);
        var rows = tensor(new long[] { 0, 1 });
        Assert.Throws<ArgumentException>(() => bank.Update(rows, ones(2, 3), 0.5));
        Assert.Throws<ArgumentException>(() => bank.Update(rows, ones(3, 2), 0.5));
        Assert.Throws<ArgumentException>(() => bank.Update(rows, ones(2, 2), 1.1));
        Assert.Throws<ArgumentException>(() => bank.Update(rows, ones(2, 2), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryBank(0, 2));
    }
}
