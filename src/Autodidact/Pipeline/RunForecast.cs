using Autodidact.Configuration;
using Autodidact.Planning;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>
/// Predicts the seconds of the stages of a run before they begin, for the record: a finished run shows predicted beside actual.
/// </summary>
internal static class RunForecast
{
    /// <summary>A shorter training would take little longer than its timing.</summary>
    private const long FewestSteps = 200;

    /// <summary>Notes what the stages that are still to be done will take. Stages that have a forecast keep it.</summary>
    /// <param name="session">The run, with its steps fixed.</param>
    /// <param name="costs">Measures what the stages cost here, or has measured it.</param>
    public static void Note(RunSession session, RunCosts costs)
    {
        var record = session.Record;
        var forecast = new Dictionary<string, double>(record.Forecast ?? new Dictionary<string, double>());
        var (pretrain, distill) = (Asks(Stage.Pretrain), Asks(Stage.Distill));

        // Where no training is worth timing, the run is over within seconds.
        if (pretrain && session.Options.Pretrain.Trains && session.Steps(Stage.Pretrain) >= FewestSteps)
        {
            var steps = session.Steps(Stage.Pretrain);
            forecast[Stage.Pretrain.Key()] = steps * costs.Pretrain(steps).Total;
        }

        if (distill && session.Steps(Stage.Distill) >= FewestSteps)
        {
            var steps = session.Steps(Stage.Distill);
            forecast[Stage.Distill.Key()] = (steps * costs.Distill(steps).Total) + costs.DistillSetUp;
        }

        if (forecast.ContainsKey(Stage.Distill.Key()))
        {
            if (Asks(Stage.Cluster)) forecast[Stage.Cluster.Key()] = costs.Clustering;
            if (Asks(Stage.Evaluate)) forecast[Stage.Evaluate.Key()] = costs.Measuring;
        }

        if (forecast.Count > (record.Forecast?.Count ?? 0)) session.Directory.Write(record with { Forecast = forecast });

        bool Asks(Stage stage) => !record.Stages.ContainsKey(stage.Key()) && !forecast.ContainsKey(stage.Key());
    }

    /// <summary>The predicted seconds of a stage; null where none were predicted.</summary>
    /// <param name="record">The run's record.</param>
    /// <param name="stage">The stage.</param>
    public static double? Of(RunRecord record, Stage stage) =>
        record.Forecast?.TryGetValue(stage.Key(), out var seconds) == true ? seconds : null;

    /// <summary>
    /// The predicted seconds of the whole run: its forecasts, and the time of those stages that were over before anything was predicted.
    /// Null where a training has no forecast.
    /// </summary>
    /// <param name="record">The run's record.</param>
    public static double? Total(RunRecord record) => record.Forecast is { Count: > 0 } forecast
        && forecast.ContainsKey(Stage.Distill.Key()) && forecast.ContainsKey(Stage.Evaluate.Key())
        ? record.Seconds.Where(s => !forecast.ContainsKey(s.Key)).Sum(s => s.Value) + forecast.Values.Sum()
        : null;
}
