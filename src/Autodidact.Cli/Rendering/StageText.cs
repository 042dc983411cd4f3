using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>The words that both views use for stages.</summary>
internal static class StageText
{
    public static string Completed(StageCompleted completed)
    {
        var how = completed.Skipped ? "already done" : $"done in {Durations.Brief(completed.Elapsed)}{Predicted(completed)}";
        return completed.Text.Length == 0 ? how : $"{how}, {completed.Text}";
    }

    private static string Predicted(StageCompleted completed) =>
        completed.Predicted is { } predicted ? $" (predicted {Durations.Brief(predicted)})" : "";
}
