namespace Autodidact.Pretraining;

/// <summary>Defines <c>npid</c>.</summary>
internal static class NpidMethod
{
    public static PretrainMethod Definition { get; } = PretrainMethod.Of(
        "npid",
        "each image is a class of its own, told by a memory of all (Wu et al., CVPR 2018)",
        "npid",
        new NpidOptions(),
        (setup, options) => new Npid(setup.Training, options)) with
    {
        Views = _ => 1,
        Settings = NpidSettings.All,
    };
}
