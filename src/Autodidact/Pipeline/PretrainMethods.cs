using Autodidact.Models;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>What a pre-training method needs to be set up.</summary>
/// <param name="Encoder">A fresh encoder.</param>
/// <param name="Options">The stage's options.</param>
/// <param name="Views">Views by progress, given how many an image is turned into.</param>
/// <param name="Seed">Seed of the method's own weights.</param>
public sealed record PretrainSetup(Backbone Encoder, PretrainOptions Options, Func<int, Func<double, ViewSpec>> Views, ulong Seed);

/// <summary>A pre-training method by name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Description">What it learns from, and its source, in one line.</param>
/// <param name="Create">Makes the objective.</param>
public sealed record PretrainMethod(string Name, string Description, Func<PretrainSetup, IObjective> Create);

/// <summary>The pre-training methods.</summary>
public static class PretrainMethods
{
    /// <summary>All methods.</summary>
    public static IReadOnlyList<PretrainMethod> All { get; } =
    [
        new("simclr", "contrast of two views against the batch (Chen et al. 2020, arXiv 2002.05709)", s => new SimClr(s.Encoder, s.Options.Simclr, s.Views(2), s.Seed)),
    ];

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static PretrainMethod Get(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new AutodidactException(FailureKind.Usage, $"pre-training method {name}: unknown: choose one of {string.Join(", ", All.Select(m => m.Name))}");
}
