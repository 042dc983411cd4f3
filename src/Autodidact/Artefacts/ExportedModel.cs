using Autodidact.Inference;
using Autodidact.Runs;

namespace Autodidact.Artefacts;

/// <summary>The exported model: the folder <c>model/</c> with ONNX graphs and their manifest.</summary>
/// <param name="paths">Where the run's files lie.</param>
internal sealed class ExportedModel(RunPaths paths)
{
    /// <summary>Says, in manifests and graphs, that something was trained on labels.</summary>
    public const string LabelsKey = "labels";

    /// <summary>The folder.</summary>
    public string Folder => paths.Model;

    /// <summary>Whether a model was exported.</summary>
    public bool Exists => File.Exists(Path.Combine(Folder, ModelManifest.FileName));

    /// <summary>Full paths of its files.</summary>
    public IReadOnlyList<string> Files => Directory.GetFiles(Folder, "*", SearchOption.AllDirectories);

    /// <summary>Reads what the model says of itself.</summary>
    /// <exception cref="AutodidactException">There is none, or it cannot be read.</exception>
    public ModelManifest ReadManifest() => ModelManifest.Load(Folder);
}
