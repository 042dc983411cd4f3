using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>The words that both views use for stages.</summary>
internal static class StageText
{
    public static string Completed(StageCompleted completed)
    {
        var how = completed.Skipped ? "already done" : $"done in {Durations.Brief(completed.Elapsed)}";
        return completed.Text.Length == 0 ? how : $"{how}, {completed.Text}";
    }
}
