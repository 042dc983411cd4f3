using System.Text.RegularExpressions;

namespace Autodidact.Models;

/// <summary>
/// Finds a torchvision-style ResNet among the names of a foreign checkpoint: those of torchvision, timm, MoCo (v1 to v3), SwAV, DINO,
/// VISSL, lightly and solo-learn, and any other that puts one prefix before torchvision's names.
/// </summary>
internal static partial class StateDictKeys
{
    /// <summary>Names of a backbone's first block; a prefix before which this stands holds a ResNet.</summary>
    private const string Landmark = "layer1.0.conv1.weight";

    /// <summary>The same where the backbone is a <c>Sequential</c> of torchvision's children, as in lightly.</summary>
    private const string SequentialLandmark = "4.0.conv1.weight";

    /// <summary>torchvision's children by their number in such a <c>Sequential</c>.</summary>
    private static readonly Dictionary<string, string> _children = new(StringComparer.Ordinal)
    {
        ["0"] = "conv1",
        ["1"] = "bn1",
        ["4"] = "layer1",
        ["5"] = "layer2",
        ["6"] = "layer3",
        ["7"] = "layer4",
    };

    /// <summary>
    /// Words of a prefix that tell which network is wanted where a checkpoint holds several: queries and teachers of DINO before keys,
    /// momentum copies and students.
    /// </summary>
    private static readonly (string Word, int Rank)[] _preferences =
    [
        ("teacher", -2), ("encoder_q", -1), ("base_encoder", -1), ("online", -1),
        ("encoder_k", 2), ("momentum", 2), ("target", 2), ("student", 1),
    ];

    /// <summary>
    /// From torchvision's names to the checkpoint's; empty if it holds no such network. Classifier and projector are left out.
    /// </summary>
    /// <param name="names">The checkpoint's names.</param>
    public static IReadOnlyDictionary<string, string> ToTorchvision(IReadOnlyCollection<string> names)
    {
        var candidates = names
            .Where(n => EndsWith(n, Landmark)).Select(n => (Prefix: n[..^Landmark.Length], Sequential: false))
            .Concat(names.Where(n => EndsWith(n, SequentialLandmark))
                .Select(n => (Prefix: n[..^SequentialLandmark.Length], Sequential: true)))
            .OrderBy(c => Rank(c.Prefix))
            .ThenBy(c => c.Prefix.Length)
            .ThenBy(c => c.Prefix, StringComparer.Ordinal);
        foreach (var (prefix, sequential) in candidates)
        {
            var found = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
            {
                if (Torchvision(name[prefix.Length..], sequential) is { } known)
                {
                    found[known] = name;
                }
            }

            if (found.ContainsKey("conv1.weight"))
            {
                return found;
            }
        }

        return new Dictionary<string, string>();
    }

    private static bool EndsWith(string name, string landmark) =>
        name.EndsWith(landmark, StringComparison.Ordinal) && (name.Length == landmark.Length || name[^(landmark.Length + 1)] == '.');

    private static int Rank(string prefix) => _preferences.Where(p => prefix.Contains(p.Word, StringComparison.Ordinal)).Sum(p => p.Rank);

    private static string? Torchvision(string rest, bool sequential)
    {
        if (sequential)
        {
            var dot = rest.IndexOf('.', StringComparison.Ordinal);
            if (dot < 0 || !_children.TryGetValue(rest[..dot], out var child))
            {
                return null;
            }

            rest = child + rest[dot..];
        }

        // lightly's and VISSL's own ResNets call the shortcut so.
        rest = rest.Replace(".shortcut.", ".downsample.", StringComparison.Ordinal);
        return Known().IsMatch(rest) ? rest : null;
    }

    [GeneratedRegex(
        @"^(conv1\.weight"
            + @"|(bn1|layer[1-4]\.\d{1,3}\.(bn[1-3]|downsample\.1))\.(weight|bias|running_mean|running_var|num_batches_tracked)"
            + @"|layer[1-4]\.\d{1,3}\.(conv[1-3]|downsample\.0)\.weight)\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Known();
}
