using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>
/// Progress as lines, for pipes and log files: one at each tenth of a stage or each minute, never two within ten seconds.
/// </summary>
internal sealed class PlainView(TextWriter writer, TimeProvider time) : IRunView, IProgress<RunEvent>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly long _started = time.GetTimestamp();
    private long _lastLine;
    private double _lastFraction;

    public T Show<T>(Func<IProgress<RunEvent>, T> work) => work(this);

    public void Say(string line)
    {
        lock (_lock)
        {
            writer.WriteLine($"[{Durations.Brief(time.GetElapsedTime(_started)),6}] {line}");
            writer.Flush();
        }
    }

    public void Report(RunEvent value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case StageStarted started:
                    Restart(0);
                    Say($"{EnumNames.Of(started.Stage)}: {started.Title}");
                    break;
                case StageProgress progress when IsDue(progress):
                    Restart(Fraction(progress));
                    Say(Line(progress));
                    break;
                case StageCompleted completed:
                    Say($"{EnumNames.Of(completed.Stage)}: {StageText.Completed(completed)}");
                    break;
                case Notice notice:
                    Say(notice.Text);
                    break;
            }
        }
    }

    public void Dispose() => writer.Flush();

    private static double Fraction(StageProgress progress) => progress.TotalSteps > 0 ? (double)progress.Step / progress.TotalSteps : 0;

    private static string Line(StageProgress progress)
    {
        var percent =
            progress.TotalSteps > 0 ? string.Create(CultureInfo.InvariantCulture, $" {Math.Floor(100 * Fraction(progress)):0}%") : "";
        var remaining = progress.Remaining is { } left ? $", {Durations.Brief(left)} left" : "";
        return $"{EnumNames.Of(progress.Stage)}{percent}: {progress.Text}{remaining}";
    }

    private void Restart(double fraction)
    {
        _lastLine = time.GetTimestamp();
        _lastFraction = fraction;
    }

    private bool IsDue(StageProgress progress)
    {
        var silent = time.GetElapsedTime(_lastLine);
        return silent >= Longest || (silent >= Shortest && Fraction(progress) - _lastFraction >= 0.1);
    }
}
