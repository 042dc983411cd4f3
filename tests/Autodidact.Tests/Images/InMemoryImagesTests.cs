using Autodidact.Images;

namespace Autodidact.Tests.Images;

public class InMemoryImagesTests
{
    [Fact]
    public void Should_Hand_Out_Each_Image()
    {
        var images = new InMemoryImages([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1, 2, ["a", "b"]);
        Assert.Equal(2, images.Count);
        Assert.Equal([7, 8, 9, 10, 11, 12], images.Pixels(1).ToArray());
        Assert.Equal("b", images.Key(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => images.Key(2));
    }

    [Fact]
    public void Should_Refuse_Lengths_That_Do_Not_Fit()
    {
        Assert.Throws<ArgumentException>(() => new InMemoryImages(new byte[7], 1, 2));
        Assert.Throws<ArgumentException>(() => new InMemoryImages(new byte[6], 1, 2, ["a", "b"]));
    }
}
