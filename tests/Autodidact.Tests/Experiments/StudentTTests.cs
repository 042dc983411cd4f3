using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public class StudentTTests
{
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(4, 2.776)]
    [InlineData(5, 2.571)]
    [InlineData(6, 2.447)]
    [InlineData(7, 2.365)]
    [InlineData(8, 2.306)]
    [InlineData(9, 2.262)]
    [InlineData(10, 2.228)]
    [InlineData(19, 2.093)]
    [InlineData(20, 2.086)]
    [InlineData(30, 2.042)]
    [InlineData(40, 2.021)]
    [InlineData(60, 2.000)]
    [InlineData(120, 1.980)]
    public void Should_Agree_With_The_Printed_Table_At_95_Percent(int degrees, double value) =>
        Assert.Equal(value, StudentT.Quantile(0.95, degrees), 5e-4);

    [Theory]
    [InlineData(0.99, 1, 63.657)]
    [InlineData(0.99, 10, 3.169)]
    [InlineData(0.90, 5, 2.015)]
    [InlineData(0.50, 2, 0.816)]
    public void Should_Agree_With_The_Printed_Table_At_Other_Levels(double probability, int degrees, double value) =>
        Assert.Equal(value, StudentT.Quantile(probability, degrees), 5e-4);

    [Fact]
    public void Should_Be_The_Normal_Distribution_With_Many_Degrees() => Assert.Equal(1.959964, StudentT.Quantile(0.95, 1_000_000), 1e-5);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(50)]
    public void Should_Invert_Its_Own_Probability(int degrees) =>
        Assert.Equal(0.87, StudentT.Central(StudentT.Quantile(0.87, degrees), degrees), 1e-10);

    [Fact]
    public void Should_Refuse_What_Has_No_Answer()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(0.95, 0));
    }
}
