namespace Autodidact.Pretraining;

/// <summary>Defines <c>dino</c>.</summary>
internal static class DinoMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "dino",
        "views agree with a momentum teacher's softmax, local ones too (Caron et al. 2021, arXiv 2104.14294)",
        "dino",
        new DinoOptions(),
        (setup, options) => new Dino(setup.Training, options)) with
    {
        MultiCrop = true,
        Settings = DinoSettings.All,
    };
}
