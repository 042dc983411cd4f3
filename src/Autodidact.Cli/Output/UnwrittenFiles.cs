using Autodidact.Runs;

namespace Autodidact.Cli.Output;

/// <summary>The files that a run went on without: they decide the status of the command.</summary>
internal sealed class UnwrittenFiles
{
    private readonly List<string> _paths = [];

    /// <summary>Watches a run's events on their way to the user.</summary>
    /// <param name="events">Shows them.</param>
    public IProgress<RunEvent> Watch(IProgress<RunEvent> events) => new Watched(events, _paths);

    /// <summary>The status of a run that is finished, after a line about the files that are missing.</summary>
    /// <param name="error">Takes the line.</param>
    public int Status(TextWriter error)
    {
        if (_paths.Count == 0) return ExitStatus.Done;
        error.WriteLine(
            $"autodidact: all results are there, but not everything could be written, see above: {string.Join(", ", _paths.Distinct())}");
        return ExitStatus.Environment;
    }

    private sealed class Watched(IProgress<RunEvent> events, List<string> paths) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is FileNotWritten missing) paths.Add(missing.Path);
            events.Report(value);
        }
    }
}
