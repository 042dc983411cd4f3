using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Native;

namespace Autodidact.Tests.Configuration;

public sealed class PrecisionOptionTests
{
    [Fact]
    public void Should_Take_Mixed_Precision_By_Itself_Where_It_Is_Faster()
    {
        var fast = MixedPrecision.IsFast && MixedPrecision.IsAvailable;
        Assert.Equal(fast ? PrecisionOption.Mixed : PrecisionOption.Single, Precisions.Settle(PrecisionOption.Auto));
    }

    [Theory]
    [InlineData(PrecisionOption.Single, nameof(Precision.Single))]
    [InlineData(PrecisionOption.Mixed, nameof(Precision.Mixed))]
    public void Should_Keep_What_Was_Asked_For(PrecisionOption asked, string precision)
    {
        Assert.Equal(asked, Precisions.Settle(asked));
        Assert.Equal(precision, Precisions.Of(asked).ToString());
    }

    [Fact]
    public void Should_Refuse_An_Option_That_Is_Not_Settled() =>
        Assert.Contains(
            "settle the option first", Assert.Throws<ArgumentOutOfRangeException>(() => Precisions.Of(PrecisionOption.Auto)).Message);
}
