using Autodidact.Runs;
using TorchSharp;
using SummaryWriter = TorchSharp.Modules.SummaryWriter;

namespace Autodidact.Stages;

/// <summary>
/// TensorBoard's event files of one stage: the same values as <c>metrics.jsonl</c>, one scalar a name. TensorBoard cannot take an event
/// back, so a resumed stage is written anew from what the metrics log kept.
/// </summary>
internal sealed class TensorBoardLog
{
    private readonly SummaryWriter _writer;

    /// <summary>Starts the event file of a stage, and writes what was logged before.</summary>
    /// <param name="folder">Folder of the stage; what it holds is replaced.</param>
    /// <param name="before">Entries of the stage that stay.</param>
    public TensorBoardLog(string folder, IEnumerable<MetricsEntry> before)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        _writer = torch.utils.tensorboard.SummaryWriter(folder);
        foreach (var entry in before)
        {
            Append(entry);
        }
    }

    /// <summary>Writes the values of an entry.</summary>
    /// <param name="entry">The entry.</param>
    public void Append(MetricsEntry entry)
    {
        Add(entry, "loss", entry.Loss);
        Add(entry, "learning_rate", entry.LearningRate);
        Add(entry, "images_per_second", entry.ImagesPerSecond);
        foreach (var (name, value) in entry.Metrics)
        {
            Add(entry, name, value);
        }
    }

    // Seconds of training in place of the time of day: TensorBoard's "relative" axis then leaves out the pauses of a resumed run.
    private void Add(MetricsEntry entry, string tag, double? value)
    {
        if (value is { } number)
        {
            _writer.add_scalar(tag, (float)number, checked((int)entry.Step), (long)entry.Seconds);
        }
    }
}
