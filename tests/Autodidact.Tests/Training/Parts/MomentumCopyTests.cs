using Autodidact.Training.Parts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training.Parts;

public class MomentumCopyTests
{
    [Fact]
    public void Should_Begin_Equal_And_Without_Gradients()
    {
        using var scope = NewDisposeScope();
        using var source = Network();
        using var module = Network();
        var copy = new MomentumCopy<Sequential>(source, module);
        Assert.Same(module, copy.Module);
        Assert.All(module.state_dict(), s => Assert.True(s.Value.allclose(source.state_dict()[s.Key])));
        Assert.All(module.parameters(), p => Assert.False(p.requires_grad));
        Assert.All(source.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Should_Follow_As_A_Moving_Average()
    {
        using var scope = NewDisposeScope();
        using var source = Network();
        using var module = Network();
        var copy = new MomentumCopy<Sequential>(source, module);
        Set(module, 4);
        Set(source, 8);
        copy.Update(0.75);
        Assert.All(module.parameters(), p => Assert.True(p.eq(5).all().item<bool>()));
        copy.Update(0.75);
        Assert.All(module.parameters(), p => Assert.True(p.eq(5.75).all().item<bool>()));
        copy.Update(1);
        Assert.All(module.parameters(), p => Assert.True(p.eq(5.75).all().item<bool>()));
        copy.Update(0);
        Assert.All(module.parameters(), p => Assert.True(p.eq(8).all().item<bool>()));
        Assert.All(source.parameters(), p => Assert.True(p.eq(8).all().item<bool>()));
    }

    [Fact]
    public void Should_Leave_Running_Statistics_To_The_Copy()
    {
        using var scope = NewDisposeScope();
        using var source = Network();
        using var module = Network();
        var copy = new MomentumCopy<Sequential>(source, module);
        source.call(ones(4, 3) * arange(4).unsqueeze(1));
        copy.Update(0.5);
        Assert.True(
            module.named_buffers().Single(b => b.name.EndsWith("running_mean", StringComparison.Ordinal)).buffer.eq(0).all().item<bool>());
    }

    [Fact]
    public void Should_Refuse_A_Module_Of_Another_Shape()
    {
        using var source = Network();
        using var other = nn.Sequential(("linear", nn.Linear(3, 5)), ("norm", nn.BatchNorm1d(5)));
        Assert.Throws<ArgumentException>(() => new MomentumCopy<Sequential>(source, other));
    }

    private static Sequential Network() => nn.Sequential(("linear", nn.Linear(3, 2)), ("norm", nn.BatchNorm1d(2)));

    private static void Set(Sequential module, double value)
    {
        using var noGrad = no_grad();
        foreach (var parameter in module.parameters()) parameter.fill_(value);
    }
}
