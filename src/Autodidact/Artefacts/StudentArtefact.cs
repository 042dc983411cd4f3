using System.Globalization;
using Autodidact.Models;
using Autodidact.Serialization;
using TorchSharp;

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
    /// <param name="device">Where it is to lie; null is the CPU.</param>
    /// <exception cref="AutodidactException">It holds no student that can be read; kind Data.</exception>
    public StudentModel Open(ModelInput fallback, torch.Device? device = null)
    {
        var (architecture, options, input) = Describe(fallback);
        var student = new MultiExitNetwork(architecture, options, seed: 0);
        try
        {
            ModuleStore.Load(student, file);
        }
        catch
        {
            student.Dispose();
            throw;
        }

        return new StudentModel(student.On(device), input);
    }

    /// <summary>
    /// The student's shape and input as the file says them, once its tensors agree: a network is made before its weights are read.
    /// </summary>
    private (Architecture Architecture, MultiExitOptions Options, ModelInput Input) Describe(ModelInput fallback)
    {
        using var reader = new SafetensorsReader(file);
        var input = ModelInput.FromMetadata(reader.Metadata, fallback, file);
        var architecture = EncoderFile.Named(file, input.Architecture);
        EncoderFile.Check(file, reader, architecture, name => $"backbone.{name}");
        if (!int.TryParse(Said("clusters"), NumberStyles.None, CultureInfo.InvariantCulture, out var outputs)
            || reader.Find("classifiers.0.weight") is not { Shape: [var rows, _] } || rows != outputs || outputs < 1)
        {
            throw Bad($"its classifiers do not answer with '{OneLine.From(Said("clusters"))}' clusters");
        }

        // Enum.Parse would also take numbers and lists.
        var branch = Said("branch");
        if (!Enum.GetNames<BranchDesign>().Contains(branch)) throw Bad($"no design of branches is named '{OneLine.From(branch)}'");
        var options = new MultiExitOptions
        {
            Outputs = outputs,
            Branch = Enum.Parse<BranchDesign>(branch),
            Attention = Said("attention") == "true",
        };
        return (architecture, options, input);

        string Said(string key) => reader.Metadata.GetValueOrDefault(key, "");

        AutodidactException Bad(string what) => new(FailureKind.Data, $"{file}: {what}: train the student again, or choose another file");
    }

    /// <summary>Writes a student.</summary>
    /// <param name="student">The student.</param>
    /// <param name="input">What it sees.</param>
    /// <param name="ownClusters">Whether it answers with clusters or classes of its own.</param>
    public void Save(MultiExitNetwork student, ModelInput input, bool ownClusters)
    {
        var metadata = input.ToMetadata();
        metadata["clusters"] = student.Options.Outputs.ToString(CultureInfo.InvariantCulture);
        metadata["branch"] = student.Options.Branch.ToString();
        metadata["attention"] = student.Options.Attention ? "true" : "false";
        if (ownClusters) metadata[OwnClustersKey] = "true";
        ModuleStore.Save(student, file, metadata);
    }
}
