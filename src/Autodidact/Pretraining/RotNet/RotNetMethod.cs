namespace Autodidact.Pretraining;

/// <summary>Defines <c>rotnet</c>.</summary>
internal static class RotNetMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "rotnet",
        "which of four rotations was it turned by (Gidaris et al., ICLR 2018)",
        "rotnet",
        new RotNetOptions(),
        (setup, options) => new RotNet(setup.Training, options)) with
    {
        Views = _ => 1,
        Settings = RotNetSettings.All,
    };
}
