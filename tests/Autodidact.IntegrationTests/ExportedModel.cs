namespace Autodidact.IntegrationTests;

/// <summary>A model that was trained and exported for these tests, and pictures to ask it about.</summary>
public sealed class ExportedModel : IDisposable
{
    private readonly TempFolder _folder = new();

    public ExportedModel()
    {
        PictureFolder.Make(Pictures, images: 60, side: 20);
        using var train = Cli.Expect(0, _folder.Path, ["run", Pictures, "--out", Run, .. Settings.SelectMany(s => new[] { "--set", s })]);
        using var export = Cli.Expect(0, _folder.Path, "export", Run);
    }

    /// <summary>Settings of the smallest run.</summary>
    public static IReadOnlyList<string> Settings { get; } =
    [
        "pretrain.arch=resnet10-w8-cifar-pool", "pretrain.epochs=1", "pretrain.batch_size=16", "cluster.k=4", "distill.epochs=2",
        "distill.batch_size=16", "data.holdout=0.2",
        "export.measure_seconds=0",
    ];

    /// <summary>A folder of 60 pictures.</summary>
    public string Pictures => _folder["pictures"];

    /// <summary>The first of them.</summary>
    public string Picture => Path.Combine(Pictures, "000.bmp");

    /// <summary>The model's folder.</summary>
    public string Model => Path.Combine(Run, "model");

    /// <summary>The run directory it comes from.</summary>
    public string Run => _folder["run"];

    public void Dispose() => _folder.Dispose();
}
