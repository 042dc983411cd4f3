using Autodidact.Pipeline;

namespace Autodidact.Tests.Pipeline;

public class ViewRecipesTests
{
    [Fact]
    public void Views_Should_Grow_To_Their_Final_Side_And_Stay()
    {
        var options = new ViewOptions { StartFraction = 0.5, GrowUntil = 0.8 };
        var sides = Enumerable.Range(0, 101).Select(i => ViewRecipes.SizeAt(options, 32, i / 100.0)).ToArray();
        Assert.Equal(16, sides[0]);
        Assert.Equal(32, sides[80]);
        Assert.Equal(32, sides[100]);
        Assert.Equal(sides.Order(), sides);
        Assert.All(sides, side => Assert.Equal(0, side % 4));
    }

    [Fact]
    public void Views_Should_Keep_One_Side_Where_Nothing_Grows()
    {
        Assert.All(Enumerable.Range(0, 11), i => Assert.Equal(30, ViewRecipes.SizeAt(new ViewOptions(), 30, i / 10.0)));
    }
}
