using Autodidact.Images;

namespace Autodidact.Tests.Images;

public class EvenSampleTests
{
    [Fact]
    public void Should_Sample_A_Sorted_Set_Evenly()
    {
        var sample = EvenSample.Of([.. Enumerable.Range(0, 1000)], 10);
        Assert.Equal([0, 100, 200, 300, 400, 500, 600, 700, 800, 900], sample);
    }

    [Fact]
    public void Should_Take_A_Small_Set_Whole() => Assert.Equal([3, 5], EvenSample.Of([3, 5], 10));
}
