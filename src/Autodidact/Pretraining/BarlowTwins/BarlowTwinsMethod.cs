using Autodidact.Options;
using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Defines <c>barlow-twins</c>.</summary>
internal static class BarlowTwinsMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "barlow-twins",
        "dimensions agree between two views and decorrelate (Zbontar et al. 2021, arXiv 2103.03230)",
        "barlow_twins",
        new BarlowTwinsOptions(),
        (setup, options) => new BarlowTwins(setup.Training, options)) with
    {
        Settings = BarlowTwinsSettings.All,
        Rules =
        [
            OptionRule.RefuseAsked(
                (PretrainOptions o) => o.Optimizer.Kind == OptimizerKind.AdamW,
                _ => "adam-w divides gradients by their own size and does not feel it: "
                    + "leave it out, or choose {optimizer.kind}=sgd or lars",
                "barlow_twins.bias_gradient_scale"),
        ],
    };
}
