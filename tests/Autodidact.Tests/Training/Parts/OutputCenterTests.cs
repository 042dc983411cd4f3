using Autodidact.Training.Parts;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training.Parts;

public class OutputCenterTests
{
    [Fact]
    public void Should_Follow_The_Mean_Of_The_Outputs()
    {
        using var scope = NewDisposeScope();
        using var center = new OutputCenter(2);
        Assert.Equal([0, 0], center.Mean.data<float>().ToArray());
        center.Update(tensor(new float[] { 1, 2, 3, 6 }, [2, 2]), momentum: 0.75);
        Assert.Equal([0.5f, 1], center.Mean.data<float>().ToArray());
        center.Update(tensor(new float[] { 2, 0 }, [1, 2]), momentum: 0.5);
        Assert.Equal([1.25f, 0.5f], center.Mean.data<float>().ToArray());
        Assert.Same(center.Mean, center.State("x").Value);
    }

    [Fact]
    public void Should_Refuse_Outputs_Of_Another_Number()
    {
        using var center = new OutputCenter(2);
        Assert.Throws<ArgumentException>(() => center.Update(ones(3, 4), 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OutputCenter(0));
    }
}
