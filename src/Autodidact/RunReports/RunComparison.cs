using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>One run that is compared.</summary>
/// <param name="Path">Its directory.</param>
/// <param name="Options">Its options.</param>
/// <param name="Summary">Its results.</param>
internal sealed record ComparedRun(string Path, RunOptions Options, Summary Summary);

/// <summary>Several runs side by side: the options in which they differ, and every figure that one of them has.</summary>
/// <param name="runs">The runs, one at least.</param>
internal sealed class RunComparison(IReadOnlyList<ComparedRun> runs)
{
    /// <summary>The runs.</summary>
    public IReadOnlyList<ComparedRun> Runs { get; } = runs;

    /// <summary>Directory names, or whole paths where two are the same.</summary>
    public IReadOnlyList<string> Names { get; } = NamesOf(runs);

    /// <summary>Names of the options that are not the same in all runs.</summary>
    public IReadOnlyList<string> Differing { get; } = DifferingOf(runs);

    /// <summary>Reads runs.</summary>
    /// <param name="paths">Their directories.</param>
    /// <exception cref="AutodidactException">One is no run, or its files cannot be read.</exception>
    public static RunComparison Read(IEnumerable<string> paths) => new([.. paths.Select(path =>
    {
        using var run = RunDirectory.Open(path);
        return new ComparedRun(path, run.Record!.RunOptions(), Summary.Load(run.Paths.Summary));
    })]);

    /// <summary>The options that differ: name, and value in each run.</summary>
    public IEnumerable<(string Name, IReadOnlyList<string> Cells)> OptionRows() =>
        Differing.Select(name => (name, (IReadOnlyList<string>)[.. Runs.Select(run => OptionBinder.Get(run.Options, name))]));

    /// <summary>Every figure that one of the runs has: name, and cell in each run.</summary>
    public IEnumerable<(string Name, IReadOnlyList<string> Cells)> FigureRows() =>
        AllRows().Where(row => row.Cells.Any(cell => cell != Figures.Absent));

    private static IReadOnlyList<string> NamesOf(IReadOnlyList<ComparedRun> runs)
    {
        string[] names = [.. runs.Select(run => Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Path)))];
        return names.Distinct().Count() == names.Length && names.All(n => n.Length > 0) ? names : [.. runs.Select(run => run.Path)];
    }

    private static IReadOnlyList<string> DifferingOf(IReadOnlyList<ComparedRun> runs)
    {
        var found = runs.Skip(1).SelectMany(run => OptionBinder.Diff(runs[0].Options, run.Options)).Select(d => d.Name).ToHashSet();
        return [.. OptionBinder.Describe(new RunOptions()).Select(o => o.Name).Where(found.Contains)];
    }

    private IEnumerable<(string Name, IReadOnlyList<string> Cells)> AllRows()
    {
        (string Name, IReadOnlyList<string> Cells) Row(string name, Func<Summary, string> cell) =>
            (name, [.. Runs.Select(run => cell(run.Summary))]);
        yield return Row("encoder", s => s.Pretrain?.UsesLabels == true ? Figures.UsesLabels : Figures.Absent);
        yield return Row("student", s => s.Distill?.UsesLabels == true ? Figures.UsesLabels : Figures.Absent);
        yield return Row("images to train", s => Figures.Count(s.Data?.TrainImages));
        yield return Row("clusters", s => Figures.Count(s.Cluster?.K));
        List<Dictionary<string, ScoreRow>> rows = [.. Runs.Select(run => ScoreTable.Rows(run.Summary).ToDictionary(row => row.Name))];
        foreach (var name in rows.SelectMany(own => own.Keys).Distinct())
        {
            foreach (var column in ScoreTable.Columns)
            {
                string[] cells = [.. rows.Select(own => own.TryGetValue(name, out var row) ? column.Cell(row) : Figures.Absent)];
                yield return ($"{name} {column.Header}", cells);
            }
        }

        yield return Row("total time", s => s.Seconds?.Total is { } total ? Durations.Brief(total) : Figures.Absent);
        yield return Row("peak memory (MB)", s => Figures.Count(s.PeakMemoryMb));
    }
}
