using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;

namespace Autodidact.Stages;

/// <summary>A student to be trained: its targets, its input and its teachers. Each rank makes its own training of it.</summary>
internal sealed class StudentPlan
{
    private readonly RunOptions _options;
    private readonly PackedData _data;
    private readonly EncoderModel _model;
    private readonly int[] _targets;
    private readonly DistillTeachers _teachers;

    /// <summary>Reads what the student learns.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="model">The same, open; the caller keeps it open while the student is trained.</param>
    /// <param name="clustering">The pseudo-labels.</param>
    public StudentPlan(RunOptions options, PackedData data, EncoderArtefact encoder, EncoderModel model, ClusteringArtefact clustering)
    {
        (_options, _data, _model) = (options, data, model);
        (_targets, Classes) = DistillMethods.Get(options.Distill.Method).UsesLabels
            ? UpperBoundLabels.Read(options, data)
            : (clustering.Assignments, clustering.Assignments.Max() + 1);
        Input = StudentInput.Of(options, data, model.Input);
        FromEncoder = StudentInput.StartsFromEncoder(options, model.Input);
        _teachers = Teachers.Of(options, data, encoder, model, clustering);
    }

    /// <summary>Classes that it learns.</summary>
    public int Classes { get; }

    /// <summary>Pictures that it sees.</summary>
    public ModelInput Input { get; }

    /// <summary>Whether its backbone starts from the encoder's weights.</summary>
    public bool FromEncoder { get; }

    /// <summary>The student of the first training that was made.</summary>
    public MultiExitNetwork? First { get; private set; }

    /// <summary>A fresh training.</summary>
    /// <param name="steps">Steps in all.</param>
    public TrainingSetup Train(long steps)
    {
        var network = StudentSetup.Create(_options, Input.Architecture, Classes);
        First ??= network;
        if (FromEncoder) ModuleStore.Copy(_model.Trained!.Value.Network, network.Backbone);
        return StudentSetup.Train(_options, _data, network, Input, _targets, _teachers, steps);
    }
}
