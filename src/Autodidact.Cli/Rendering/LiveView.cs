using Autodidact.Options;
using Autodidact.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Autodidact.Cli.Rendering;

/// <summary>Progress as bars, one a stage, redrawn in place on a terminal.</summary>
internal sealed class LiveView(IAnsiConsole console) : IRunView, IProgress<RunEvent>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Stage, ProgressTask> _tasks = [];
    private readonly Dictionary<int, string> _details = [];
    private ProgressContext? _context;

    public T Show<T>(Func<IProgress<RunEvent>, T> work)
    {
        // Drawing takes time from training on a small machine: twice a second is smooth enough.
        var progress = new Progress(console) { AutoRefresh = true, RefreshRate = TimeSpan.FromMilliseconds(500) };
        return progress
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 20 },
                new PercentageColumn(),
                new DetailColumn(this, console))
            .Start(context =>
            {
                _context = context;
                return work(this);
            });
    }

    public void Say(string line) => console.WriteLine(Harmless.Line(line));

    public void Report(RunEvent value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case StageStarted started:
                    var task = _context!.AddTask(EnumNames.Of(started.Stage), maxValue: Math.Max(1, started.TotalSteps));
                    task.IsIndeterminate = started.TotalSteps == 0;
                    _tasks[started.Stage] = task;
                    _details[task.Id] = started.Title;
                    break;
                case StageProgress progress when _tasks.TryGetValue(progress.Stage, out var running):
                    running.IsIndeterminate = progress.TotalSteps == 0;
                    if (progress.TotalSteps > 0)
                    {
                        running.MaxValue = progress.TotalSteps;
                        // A full bar counts as finished; StageCompleted decides that.
                        running.Value = Math.Min(progress.Step, progress.TotalSteps - 0.001);
                    }
                    _details[running.Id] =
                        progress.Remaining is { } left ? $"{Durations.Brief(left)} left  {progress.Text}" : progress.Text;
                    break;
                case StageCompleted completed when _tasks.TryGetValue(completed.Stage, out var finished):
                    finished.IsIndeterminate = false;
                    finished.Value = finished.MaxValue;
                    finished.StopTask();
                    _details[finished.Id] = StageText.Completed(completed);
                    break;
                case Notice notice:
                    Say(notice.Text);
                    break;
            }
        }
    }

    public void Dispose()
    {
    }

    private string Detail(int task)
    {
        lock (_lock) return _details.GetValueOrDefault(task, "");
    }

    // The line's rest: cut, never wrapped, so that a stage stays one line.
    private sealed class DetailColumn(LiveView view, IAnsiConsole console) : ProgressColumn
    {
        private const int OtherColumns = 40;

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            var room = Math.Max(10, console.Profile.Width - OtherColumns);
            var text = Harmless.Line(view.Detail(task.Id));
            return new Text((text.Length <= room ? text : text[..(room - 1)] + "…").PadRight(room));
        }
    }
}
