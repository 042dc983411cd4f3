using System.Globalization;
using Autodidact.Models;

namespace Autodidact.Training;

/// <summary>
/// Checkpoints of one stage in a folder: written to a temporary file, flushed and renamed, the last two kept. Each file carries a digest of
/// its content, so a torn one is recognised and the one before it is used.
/// </summary>
/// <param name="folder">The folder; made on first save.</param>
/// <param name="stage">Prefix of the file names (<c>pretrain</c>).</param>
/// <param name="inputs">
/// Fingerprint of what the stage is given: a checkpoint of other inputs fits by shape and would go on from what is no longer there.
/// </param>
internal sealed class CheckpointStore(string folder, string stage, string inputs = "")
{
    private const string InputsKey = "inputs";

    private const int Kept = 2;
    private const string Extension = ".safetensors";

    /// <summary>Whether a file's metadata are those of a checkpoint.</summary>
    internal static bool IsCheckpoint(IReadOnlyDictionary<string, string> metadata) =>
        metadata.ContainsKey(InputsKey) && metadata.ContainsKey("step");

    /// <summary>Writes a checkpoint and removes all but the last two.</summary>
    internal void Save(TrainerState state)
    {
        Directory.CreateDirectory(folder);
        state.Write(
            Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stage}-{state.Step:D9}{Extension}")),
            new Dictionary<string, string> { [InputsKey] = inputs });
        foreach (var old in Files().Skip(Kept))
        {
            File.Delete(old);
        }
    }

    /// <summary>
    /// Reads the newest checkpoint that is whole; null if there is none. Those of other inputs are of no use any more and are removed.
    /// </summary>
    /// <param name="read">Reads one file into the trainer; throws <see cref="AutodidactException"/> of kind Data when it is torn.</param>
    /// <param name="notice">Told about every torn checkpoint that was passed over.</param>
    internal TrainerState? Latest(Func<string, TrainerState> read, Action<string>? notice)
    {
        foreach (var file in Files())
        {
            try
            {
                if (ModuleStore.ReadMetadata(file).GetValueOrDefault(InputsKey) == inputs)
                {
                    return read(file);
                }

                File.Delete(file);
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Data)
            {
                notice?.Invoke($"checkpoint {Path.GetFileName(file)} is not whole, using the one before it ({e.Message})");
            }
        }

        return null;
    }

    /// <summary>Removes the stage's checkpoints, once its result is written.</summary>
    public void Clear()
    {
        foreach (var file in Files())
        {
            File.Delete(file);
        }
    }

    private string[] Files() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, $"{stage}-*{Extension}").OrderDescending(StringComparer.Ordinal)]
        : [];
}
