namespace Autodidact.Runs;

/// <summary>How files spell the stages.</summary>
public static class StageKeys
{
    /// <summary>Name of a stage in <c>run.json</c>, <c>metrics.jsonl</c> and the checkpoints' folder: lower case.</summary>
    /// <param name="stage">The stage.</param>
    public static string Key(this Stage stage) => stage.ToString().ToLowerInvariant();
}
