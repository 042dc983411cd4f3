using Autodidact.Pipeline;

namespace Autodidact.Tests.Pipeline;

public class ObserversTests
{
    [Fact]
    public void Should_Sample_A_Sorted_Set_Evenly()
    {
        var sample = Observers.Spread([.. Enumerable.Range(0, 1000)], 10);
        Assert.Equal([0, 100, 200, 300, 400, 500, 600, 700, 800, 900], sample);
    }

    [Fact]
    public void Should_Take_A_Small_Set_Whole() => Assert.Equal([3, 5], Observers.Spread([3, 5], 10));
}
