using System.Security.Cryptography;
using Autodidact.Files;

namespace Autodidact.Inference;

/// <summary>Reads an exported model to its end.</summary>
internal static class ModelVerification
{
    private const string Int8Folder = "int8";

    /// <summary>The state of the manifest and each graph of a model, of its 8-bit form too.</summary>
    /// <param name="folder">The model's folder.</param>
    public static IEnumerable<FileCheck> Of(string folder)
    {
        foreach (var one in new[] { folder, Path.Combine(folder, Int8Folder) })
        {
            var about = Path.Combine(one, ModelManifest.FileName);
            if (!File.Exists(about)) continue;
            ModelManifest? manifest = null;
            var check = FileCheck.Unrecorded(about, () => manifest = ModelManifest.Load(one));
            yield return manifest?.Digest is null ? check : FileCheck.Of(about, null);
            if (manifest is null) continue;
            foreach (var file in manifest.Graphs) yield return Of(Path.Combine(one, file), manifest.DigestOfGraph(file));
        }
    }

    private static FileCheck Of(string path, string? digest)
    {
        try
        {
            using var stream = RegularFile.Open(path, bufferSize: 0);
            return digest is null ? new FileCheck(path, FileState.Unrecorded)
                : FileCheck.Of(
                    path, Convert.ToHexStringLower(SHA256.HashData(stream)) == digest ? null : "its content is not what was written");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileCheck.Of(path, e is FileNotFoundException ? "missing" : OneLine.From(e.Message));
        }
    }
}
