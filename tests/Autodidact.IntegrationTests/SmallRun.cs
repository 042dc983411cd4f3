namespace Autodidact.IntegrationTests;

/// <summary>A whole run small enough for a test: 300 synthetic images, a narrow ResNet-10, 18 and 12 steps.</summary>
internal static class SmallRun
{
    public static string[] Arguments(string @out, params string[] more) =>
        ArgumentsWithoutPretraining(@out, ["--set", "pretrain.epochs=4", "--set", "pretrain.batch_size=64", .. more]);

    /// <summary>The same but for what is about pre-training.</summary>
    public static string[] ArgumentsWithoutPretraining(string @out, params string[] more) =>
    [
        "run", "--out", @out, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "10",
        "--set", "data.synthetic_train=300", "--set", "data.synthetic_test=100", "--set", "data.holdout=0.1",
        "--set", "distill.epochs=3", "--set", "distill.batch_size=64",
        .. more,
    ];

    public static byte[] Encoder(string run) => File.ReadAllBytes(Path.Combine(run, "encoder.safetensors"));

    public static byte[] Student(string run) => File.ReadAllBytes(Path.Combine(run, "student.safetensors"));
}
