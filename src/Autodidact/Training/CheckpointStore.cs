using System.Globalization;
using Autodidact.Files;
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
    private const int Digits = 9;
    private const string Extension = ".safetensors";

    /// <summary>Whether a file's metadata are those of a checkpoint.</summary>
    internal static bool IsCheckpoint(IReadOnlyDictionary<string, string> metadata) =>
        metadata.ContainsKey(InputsKey) && metadata.ContainsKey("step");

    /// <summary>
    /// Writes a checkpoint and keeps it and the one before it. Those of later steps go as well: the training did not go on from them, so
    /// they were not whole.
    /// </summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    internal void Save(TrainerState state)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, NameOf(state.Step.ToString(CultureInfo.InvariantCulture)));
            state.Write(path, new Dictionary<string, string> { [InputsKey] = inputs });
            var files = Files();
            var later = files.TakeWhile(file => string.CompareOrdinal(Path.GetFileName(file), Path.GetFileName(path)) > 0).ToArray();
            foreach (var other in later.Concat(files.Skip(later.Length + Kept))) File.Delete(other);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(folder, e);
        }
    }

    /// <summary>Bytes of the newest checkpoint; 0 where there is none.</summary>
    internal long Bytes => Files() is [var newest, ..] ? new FileInfo(newest).Length : 0;

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
                var metadata = ModuleStore.ReadMetadata(file);
                if (metadata.GetValueOrDefault(InputsKey) != inputs)
                {
                    File.Delete(file);
                    continue;
                }

                // A copy under a later name would be the newest for ever.
                return Path.GetFileName(file) == NameOf(metadata.GetValueOrDefault("step"))
                    ? read(file)
                    : throw new AutodidactException(
                        FailureKind.Data, $"{file}: its name does not tell the step that it stands at: delete it");
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

    private string NameOf(string? step) => $"{stage}-{step?.PadLeft(Digits, '0')}{Extension}";

    private string[] Files() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, $"{stage}-*{Extension}").OrderDescending(StringComparer.Ordinal)]
        : [];
}
