namespace Autodidact.Pretraining;

/// <summary>Defines <c>rotation-decoupling</c>.</summary>
internal static class RotationDecouplingMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "rotation-decoupling",
        "half of the feature tells the rotation, the other half images whatever the rotation (Feng et al., CVPR 2019)",
        "rotation_decoupling",
        new RotationDecouplingOptions(),
        (setup, options) => new RotationDecoupling(setup.Training, options)) with
    {
        Views = _ => 1,
        Settings = RotationDecouplingSettings.All,
    };
}
