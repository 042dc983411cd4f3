using Autodidact.Distillation;

namespace Autodidact.Pipeline;

/// <summary>A distillation method by name.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Description">One line.</param>
/// <param name="Loss">The weights it stands for.</param>
public sealed record DistillMethod(string Name, string Description, SelfDistillationOptions Loss);

/// <summary>The distillation methods.</summary>
public static class DistillMethods
{
    /// <summary>All methods.</summary>
    public static IReadOnlyList<DistillMethod> All { get; } =
    [
        Of("sssd", "self-distillation on pseudo-labels, this project's weights (Chen & Chu, WACV 2023, reconstructed)"),
        Of("byot-journal", "weights of the authors' journal code (Zhang et al., TPAMI 2022): no T^2, adapted norm hint"),
        Of("scan", "weights of the same group's scalable networks (Zhang et al., NeurIPS 2019)"),
        Of("byot-unofficial", "weights of the widely used unofficial code of 'Be Your Own Teacher' (Zhang et al., ICCV 2019)"),
        Of("mmrazor", "weights of mmrazor's 'Be Your Own Teacher'"),
        Of("deep-supervision", "cross entropy on every exit and nothing else: the control"),
        Of("encoder-feature", "every exit regresses the encoder's feature by its direction; classifiers alone learn the pseudo-labels"),
        Of("rkd", "deep supervision, and distances and angles within a batch from the encoder (Park et al., CVPR 2019)"),
        Of("similarity-preserving", "deep supervision, and similarities within a batch from the encoder (Tung & Mori, ICCV 2019)"),
        Of("clusterfit", "cross entropy on the deepest exit alone (Yan et al., CVPR 2020); distill.loss.only_exit=N trains another exit as a network of its own"),
    ];

    /// <summary>A method by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static DistillMethod Get(string name) => All.FirstOrDefault(m => m.Name == name)
        ?? throw new AutodidactException(FailureKind.Usage, $"distillation method {name}: unknown: choose one of {string.Join(", ", All.Select(m => m.Name))}");

    private static DistillMethod Of(string name, string description) => new(name, description, SelfDistillationVariants.All[name]);
}
