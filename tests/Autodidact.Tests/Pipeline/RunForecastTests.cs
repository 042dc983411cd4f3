using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Tests.Pipeline;

public class RunForecastTests
{
    private static readonly RunRecord Record = new()
    {
        Seconds = new Dictionary<string, double> { ["prepare"] = 7, ["pretrain"] = 1000 },
        Forecast = new Dictionary<string, double> { ["pretrain"] = 100, ["cluster"] = 3, ["distill"] = 50, ["evaluate"] = 20 },
    };

    [Fact]
    public void Should_Add_Forecasts_And_What_Was_Over_Before() => Assert.Equal(180, RunForecast.Total(Record));

    [Fact]
    public void Should_Know_A_Stage_By_Its_Name()
    {
        Assert.Equal(50, RunForecast.Of(Record, Stage.Distill));
        Assert.Null(RunForecast.Of(Record with { Forecast = null }, Stage.Distill));
    }

    [Fact]
    public void Should_Predict_No_Whole_Without_Its_Parts()
    {
        Assert.Null(RunForecast.Total(Record with { Forecast = new Dictionary<string, double> { ["pretrain"] = 1 } }));
        Assert.Null(RunForecast.Total(Record with { Forecast = null }));
    }

    [Fact]
    public void Should_Refuse_A_Forecast_That_No_Stage_Can_Take() =>
        Assert.Contains(
            "forecast.distill",
            (Record with { Forecast = new Dictionary<string, double> { ["distill"] = -1 } }).Problem(),
            StringComparison.Ordinal);
}
