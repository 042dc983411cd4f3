using Autodidact.Evaluation;
using Autodidact.Runs;
using Autodidact.Serialization;

namespace Autodidact.Artefacts;

/// <summary>
/// The measurements of a run: <c>summary.json</c>, in which the other stages note their figures too, and <c>predictions.npy</c>.
/// </summary>
internal sealed class Measurements
{
    private readonly RunDirectory _directory;
    private readonly Action<string> _notice;

    private Measurements(RunDirectory directory, Summary summary, string? damage, Action<string> notice) =>
        (_directory, Summary, Damage, _notice) = (directory, summary, damage, notice);

    /// <summary>Results so far.</summary>
    public Summary Summary { get; private set; }

    /// <summary>Why the results on the disk cannot be read; null where they can, and once others have taken their place.</summary>
    public string? Damage { get; private set; }

    /// <summary>Whether results are on the disk.</summary>
    public bool Exists => File.Exists(_directory.Paths.Summary);

    /// <summary>File of the exits' answers for the evaluation images.</summary>
    public string PredictionsFile => _directory.Paths.Predictions;

    /// <summary>
    /// Reads the results of a run under way. A damaged file counts as empty, which is reported when another takes its place.
    /// </summary>
    /// <param name="directory">The run's directory, acquired.</param>
    /// <param name="notice">Takes a line for the user.</param>
    public static Measurements Open(RunDirectory directory, Action<string> notice)
    {
        try
        {
            return new Measurements(directory, ReadSummary(directory.Paths), damage: null, notice);
        }
        catch (AutodidactException e) when (e.Kind == FailureKind.Data)
        {
            return new Measurements(directory, new Summary(), e.Message, notice);
        }
    }

    /// <summary>Reads the results of a run; empty where nothing was measured.</summary>
    /// <param name="paths">Where the run's files lie.</param>
    /// <exception cref="AutodidactException">The file is damaged; kind Data.</exception>
    public static Summary ReadSummary(RunPaths paths) => File.Exists(paths.Summary) ? Summary.Load(paths.Summary) : new Summary();

    /// <summary>Changes the results; they are on the disk when this returns.</summary>
    /// <param name="change">From the old results to the new ones.</param>
    public void Update(Func<Summary, Summary> change)
    {
        Summary = change(Summary);
        if (Damage is { } damage) _notice($"{damage}: going on without what it said");
        Damage = null;
        _directory.WriteSummary(Summary);
    }

    /// <summary>Writes the answers of every exit and the ensemble: int32 [images, exits + 1].</summary>
    /// <param name="data">What the exits gave for the evaluation images.</param>
    public void WritePredictions(ExitData data)
    {
        var (answers, images) = (data.Answers, data.Answers[0].Length);
        var table = new int[images * answers.Count];
        for (var image = 0; image < images; image++)
        {
            for (var exit = 0; exit < answers.Count; exit++)
            {
                table[(image * answers.Count) + exit] = answers[exit][image];
            }
        }

        NpyFile.Write(_directory.Paths.Predictions, table, images, answers.Count);
    }
}
