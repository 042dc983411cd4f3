using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Distillation;

/// <summary>
/// The parts that a distillation method starts from. Only methods that ask for a teacher read it. Each call opens it anew, and the caller
/// owns the result.
/// </summary>
/// <param name="Student">A fresh student.</param>
/// <param name="PseudoLabels">Target of each training image, in training order.</param>
/// <param name="Options">The stage's options, from which the method gets its own.</param>
/// <param name="Views">Views by progress, given how many an image is turned into.</param>
/// <param name="Seed">Seed of the method's own weights and clusterings.</param>
/// <param name="Teachers">What may teach.</param>
public sealed record DistillSetup(
    MultiExitNetwork Student,
    IReadOnlyList<int> PseudoLabels,
    DistillOptions Options,
    Func<int, Func<double, ViewSpec>> Views,
    ulong Seed,
    DistillTeachers Teachers)
{
    /// <summary>Threads of clusterings and searches; 0 is one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the run's clusters lie on the sphere.</summary>
    public bool Spherical { get; init; } = true;

    /// <summary>Whether a student teaches, and not the encoder.</summary>
    public bool StudentTeaches => Options.Teacher is not null;

    /// <summary>The prefix of the names of the method's options in messages.</summary>
    internal string OptionPrefix { get; init; } = "";

    /// <summary>The stage's options: a method is given its own alone.</summary>
    internal DistillOptions Options { get; init; } = Options;

    /// <summary>The possible teachers; their networks lie on the device of the student.</summary>
    public DistillTeachers Teachers { get; init; } = Teachers.On(Student);

    /// <summary>The common part of an objective that takes so many views of each image.</summary>
    /// <param name="views">Views an image.</param>
    public StudentTraining Training(int views = 1) =>
        new(Student, PseudoLabels, Views(views), Seed)
        {
            OnlyExit = Options.OnlyExit(Student.ExitCount),
            Threads = Threads,
            Spherical = Spherical,
            OptionPrefix = OptionPrefix,
        };

    /// <summary>Options of a method that this one builds on.</summary>
    /// <typeparam name="TOptions">Their type.</typeparam>
    public TOptions Get<TOptions>()
        where TOptions : class => Options.Methods.Get<TOptions>();

    /// <summary>
    /// The frozen network that says to which cluster an image belongs: the student that teaches, or the encoder with the clusters'
    /// centroids.
    /// </summary>
    /// <param name="temperature">Temperature of the encoder's cosines with the centroids.</param>
    internal ClusterTeacher Teacher(double temperature)
    {
        if (StudentTeaches) return ClusterTeacher.Of(Teachers.Student());
        using var centroids = Teachers.Centroids();
        return ClusterTeacher.Of(Teachers.Encoder(), centroids, temperature);
    }

    /// <summary>An objective that has the encoder and its features beside the student.</summary>
    internal IObjective WithEncoder(Func<Backbone, FeatureMatrix, IObjective> create)
    {
        using var features = Teachers.EncoderFeatures();
        return create(Teachers.Encoder(), features);
    }
}
