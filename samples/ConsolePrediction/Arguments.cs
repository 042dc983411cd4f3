using System.Globalization;
using Autodidact;
using Autodidact.Inference;

namespace ConsolePrediction;

/// <summary>The user's request.</summary>
/// <param name="Model">Folder of the model.</param>
/// <param name="Images">Image files.</param>
/// <param name="Policy">When an exit's answer is taken.</param>
internal sealed record Arguments(string Model, IReadOnlyList<string> Images, ExitPolicy Policy)
{
    private const string Usage = "usage: ConsolePrediction MODEL IMAGE... [--confidence 0.8 | --exit 2 | --mean-macs 8000000]";

    public static Arguments Parse(string[] args)
    {
        var policy = ExitPolicy.Default;
        var names = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--confidence":
                    policy = ExitPolicy.Confidence(Number(++i, 0, 1));
                    break;
                case "--exit":
                    policy = ExitPolicy.Fixed((int)Number(++i, 1, 64));
                    break;
                case "--mean-macs":
                    policy = ExitPolicy.Budget(Number(++i, 0, double.MaxValue));
                    break;
                case ['-', '-', ..]:
                    throw Wrong($"unknown option '{args[i]}'");
                default:
                    names.Add(args[i]);
                    break;
            }
        }

        return names.Count >= 2
            ? new Arguments(names[0], names[1..], policy)
            : throw Wrong("a model folder and at least one image are needed");

        double Number(int at, double low, double high) =>
            at < args.Length && double.TryParse(args[at], CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
                ? value
                : throw Wrong(FormattableString.Invariant($"{args[at - 1]} takes a number from {low} to {high}"));
    }

    private static AutodidactException Wrong(string what) => new(FailureKind.Usage, $"{what}; {Usage}");
}
