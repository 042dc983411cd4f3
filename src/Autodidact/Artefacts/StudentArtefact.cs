using Autodidact.Models;

namespace Autodidact.Artefacts;

/// <summary>The student of stage three: a multi-exit network in <c>student.safetensors</c>.</summary>
/// <param name="file">The file.</param>
internal sealed class StudentArtefact(string file)
{
    /// <summary>Says in a student's file that its answers are not the run's clusters.</summary>
    private const string OwnClustersKey = "own_clusters";

    /// <summary>The file.</summary>
    public string File => file;

    /// <summary>Whether the student answers with clusters or classes of its own, not with the run's clusters.</summary>
    public bool OwnClusters => ModuleStore.ReadMetadata(file).GetValueOrDefault(OwnClustersKey) == "true";

    /// <summary>Opens the student.</summary>
    /// <param name="fallback">Stands for what the file does not say.</param>
    /// <exception cref="AutodidactException">It holds no student that can be read; kind Data.</exception>
    public StudentModel Open(ModelInput fallback)
    {
        var metadata = ModuleStore.ReadMetadata(file);
        var input = ModelInput.FromMetadata(metadata, fallback);
        var options = new MultiExitOptions
        {
            Outputs = int.Parse(metadata["clusters"], System.Globalization.CultureInfo.InvariantCulture),
            Branch = Enum.Parse<BranchDesign>(metadata["branch"]),
            Attention = metadata["attention"] == "true",
        };
        var student = new MultiExitNetwork(Architecture.Parse(input.Architecture), options, seed: 0);
        try
        {
            ModuleStore.Load(student, file);
        }
        catch
        {
            student.Dispose();
            throw;
        }

        return new StudentModel(student, input);
    }

    /// <summary>Writes a student.</summary>
    /// <param name="student">The student.</param>
    /// <param name="input">What it sees.</param>
    /// <param name="ownClusters">Whether it answers with clusters or classes of its own.</param>
    public void Save(MultiExitNetwork student, ModelInput input, bool ownClusters)
    {
        var metadata = input.ToMetadata();
        metadata["clusters"] = student.Options.Outputs.ToString(System.Globalization.CultureInfo.InvariantCulture);
        metadata["branch"] = student.Options.Branch.ToString();
        metadata["attention"] = student.Options.Attention ? "true" : "false";
        if (ownClusters) metadata[OwnClustersKey] = "true";
        ModuleStore.Save(student, file, metadata);
    }
}
