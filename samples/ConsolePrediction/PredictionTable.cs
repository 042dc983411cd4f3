using Autodidact.Inference;

namespace ConsolePrediction;

/// <summary>Answers as the rows of a table. The widths are known beforehand, so rows appear as they are found.</summary>
/// <param name="output">Where to.</param>
/// <param name="model">The model that answers.</param>
/// <param name="images">The files it will be asked about.</param>
internal sealed class PredictionTable(TextWriter output, ModelManifest model, IReadOnlyList<string> images)
{
    private readonly int _fileWidth = Math.Max("file".Length, images.Max(i => i.Length));
    private readonly int _nameWidth = Math.Max("answer".Length, (model.Names ?? [$"cluster {model.Clusters - 1}"]).Max(n => n.Length));

    /// <summary>Files that could not be read so far.</summary>
    public int Problems { get; private set; }

    public void WriteHeader() =>
        output.WriteLine($"{"file".PadRight(_fileWidth)}  {"answer".PadRight(_nameWidth)}  confidence  exit  million MACs");

    public void Write(FilePrediction answer)
    {
        if (answer.Prediction is not { } found)
        {
            Problems++;
            output.WriteLine($"{answer.Path.PadRight(_fileWidth)}  {answer.Problem}");
            return;
        }

        var name = (found.Name ?? $"cluster {found.Cluster}").PadRight(_nameWidth);
        var figures = FormattableString.Invariant($"{found.Confidence,10:P1}  {found.Exit,4}  {found.Macs / 1e6,12:F2}");
        output.WriteLine($"{answer.Path.PadRight(_fileWidth)}  {name}  {figures}");
    }
}
