using Autodidact.Models;
using Autodidact.Views;

namespace Autodidact.Distillation;

/// <summary>The parts that every objective of stage three starts from.</summary>
/// <param name="Student">The multi-exit network; the objective takes it over, and disposes it.</param>
/// <param name="PseudoLabels">Cluster of each training image, in training order.</param>
/// <param name="Views">The views of an image, as a function of the training's progress.</param>
/// <param name="Seed">Seed of the weights of whatever trains beside the student.</param>
public sealed record StudentTraining(MultiExitNetwork Student, IReadOnlyList<int> PseudoLabels, Func<double, ViewSpec> Views, ulong Seed)
{
    /// <summary>
    /// Position of the one exit that is trained, 0 the shallowest; nothing deeper is run then, and no other branch. Null trains every exit.
    /// </summary>
    public int? OnlyExit { get; init; }

    /// <summary>Threads of clusterings and searches beside the training; 0 is one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Whether further clusterings of the encoder's features lie on the sphere, as the pseudo-labels' own does.</summary>
    public bool Spherical { get; init; } = true;

    /// <summary>The prefix of the names of the method's options in messages, as <c>distill.kd.</c>.</summary>
    internal string OptionPrefix { get; init; } = "";
}
