using System.Globalization;
using System.Text.RegularExpressions;

namespace Autodidact.Planning;

/// <summary>Speed of the network between machines.</summary>
/// <param name="BytesPerSecond">Bytes a second of a machine's connection, in each direction at once.</param>
/// <param name="Latency">Seconds until a small message has arrived.</param>
internal sealed partial record NetworkSpeed(double BytesPerSecond, double Latency)
{
    /// <summary>How it is written.</summary>
    public const string Form = "10gbit, or with its latency 1gbit/50ms";

    /// <summary>Seconds of a small message over an Ethernet in one room, by TCP, from program to program.</summary>
    private const double UsualLatency = 50e-6;

    /// <summary>Reads <c>10gbit</c>, <c>100mbit</c>, <c>1gbit/50ms</c>, <c>25gbit/20us</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="AutodidactException">It is no such thing; kind Usage.</exception>
    public static NetworkSpeed Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Pattern().Match(text.Trim()) is { Success: true } match)
        {
            var bits = Number(match.Groups[1]) * (match.Groups[2].Value.StartsWith("g", StringComparison.OrdinalIgnoreCase) ? 1e9 : 1e6);
            var latency = match.Groups[3].Success
                ? Number(match.Groups[3]) * (match.Groups[4].Value.StartsWith("m", StringComparison.OrdinalIgnoreCase) ? 1e-3 : 1e-6)
                : UsualLatency;
            if (bits is > 0 and < 1e15) return new NetworkSpeed(bits / 8, latency);
        }

        throw new AutodidactException(FailureKind.Usage, $"--network: expected {Form}, got '{OneLine.From(text)}'");

        static double Number(Group group) => double.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(\d+(?:\.\d+)?)(gbit|mbit)(?:/(\d+(?:\.\d+)?)(ms|us))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
