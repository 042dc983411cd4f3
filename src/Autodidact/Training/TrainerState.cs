using System.Globalization;
using Autodidact.Models;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>Where a training stands. In a checkpoint it comes with the tensors of the network, the objective and the optimizer.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Seconds">Training time so far.</param>
internal sealed record TrainerState(long Step, double Seconds)
{
    /// <summary>Thirty years, which no training takes.</summary>
    internal const double MostSeconds = 1e9;

    public IReadOnlyDictionary<string, Tensor> Tensors { get; init; } = EmptyState.Instance;

    public void Write(string path, IReadOnlyDictionary<string, string> metadata) =>
        TensorFile.Write(
            path,
            Tensors,
            new Dictionary<string, string>(metadata)
            {
                ["step"] = Step.ToString(CultureInfo.InvariantCulture),
                ["seconds"] = Seconds.ToString("R", CultureInfo.InvariantCulture),
            },
            metadataDigest: true);

    /// <summary>
    /// Reads a checkpoint into the given tensors, in place, after checking that it is whole. A refused one leaves the tensors as they are.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="into">Where its tensors go.</param>
    /// <param name="steps">Steps of the whole training.</param>
    public static TrainerState Read(string path, IReadOnlyDictionary<string, Tensor> into, long steps = long.MaxValue)
    {
        var metadata = TensorFile.ReadMetadata(path);
        var state = long.TryParse(metadata.GetValueOrDefault("step"), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            && double.TryParse(metadata.GetValueOrDefault("seconds"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and <= MostSeconds
            ? new TrainerState(step, seconds)
            : throw new AutodidactException(FailureKind.Data, $"{path}: not a checkpoint of this program: delete it");
        if (state.Step > steps)
            throw new AutodidactException(FailureKind.Data, $"{path}: it stands at step {state.Step} of {steps}: delete it");
        TensorFile.ReadInto(path, into);
        return state;
    }
}
