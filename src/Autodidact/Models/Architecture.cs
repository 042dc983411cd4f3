using System.Globalization;
using System.Text.RegularExpressions;
using Autodidact.Options;

namespace Autodidact.Models;

/// <summary>
/// A backbone by name: <c>resnet10-w32-cifar-pool</c>, <c>resnet18-cifar</c>, <c>resnet50</c>. The default width and stem go without
/// saying.
/// </summary>
public sealed partial record Architecture
{
    private static readonly (Stem Stem, string Name)[] StemNames =
        [(Stem.ImageNet, "imagenet"), (Stem.Cifar, "cifar"), (Stem.CifarPool, "cifar-pool"), (Stem.CifarStride, "cifar-stride")];

    private static readonly ResNetOptions Defaults = new();

    internal Architecture(ResNetOptions resNet) => ResNet = resNet;

    /// <summary>Its shape.</summary>
    internal ResNetOptions ResNet { get; init; }

    /// <summary>Reads a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">It names nothing; kind Usage, saying what there is and what comes near.</exception>
    public static Architecture Parse(string name)
    {
        var match = Pattern().Match(name);
        if (match.Success
            && int.TryParse(match.Groups["depth"].Value, CultureInfo.InvariantCulture, out var depth)
            && ResNetOptions.Blocks.ContainsKey(depth)
            && Width(match.Groups["width"]) is { } width)
        {
            var stem = match.Groups["stem"] is { Success: true, Value: var stemName }
                ? StemNames.First(s => s.Name == stemName).Stem
                : Defaults.Stem;
            return new Architecture(new ResNetOptions { Depth = depth, Width = width, Stem = stem });
        }

        throw new AutodidactException(
            FailureKind.Usage,
            $"architecture '{name}': expected resnet{{{string.Join('|', ResNetOptions.Blocks.Keys)}}}"
                + $"[-w<width from {ResNetOptions.SmallestWidth}>][-{string.Join('|', StemNames.Select(s => s.Name))}], "
            + $"such as resnet10-w32-cifar-pool or resnet50{NearestNames.Hint(name, CommonNames())}");
    }

    /// <summary>Makes the backbone; its weights are a function of the seed.</summary>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="AutodidactException">Its weights alone are larger than this machine's memory; kind Environment.</exception>
    public Backbone Create(ulong seed)
    {
        MemoryCheck.Weights(ResNet, ToString());
        return new ResNet(ResNet, seed);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var width = ResNet.Width == Defaults.Width ? "" : string.Create(CultureInfo.InvariantCulture, $"-w{ResNet.Width}");
        var stem = ResNet.Stem == Defaults.Stem ? "" : $"-{StemNames.First(s => s.Stem == ResNet.Stem).Name}";
        return string.Create(CultureInfo.InvariantCulture, $"resnet{ResNet.Depth}{width}{stem}");
    }

    private static int? Width(Group group)
    {
        if (!group.Success) return Defaults.Width;
        return int.TryParse(group.Value, CultureInfo.InvariantCulture, out var width)
            && width is >= ResNetOptions.SmallestWidth and <= ResNetOptions.LargestWidth ? width : null;
    }

    private static IEnumerable<string> CommonNames() =>
        from depth in ResNetOptions.Blocks.Keys
        from width in (int[])[16, 32, 64, 128]
        from stem in StemNames
        select new Architecture(new ResNetOptions { Depth = depth, Width = width, Stem = stem.Stem }).ToString();

    [GeneratedRegex(
        @"^resnet(?<depth>[1-9][0-9]{1,3})(-w(?<width>[1-9][0-9]{0,4}))?(-(?<stem>imagenet|cifar-pool|cifar-stride|cifar))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
