using System.Globalization;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>A backbone by name: <c>resnet10-w32-cifar-pool</c>, <c>resnet18-cifar</c>, <c>resnet50</c>. Width 64 and stem imagenet go without saying.</summary>
/// <param name="ResNet">Its shape.</param>
public sealed partial record Architecture(ResNetOptions ResNet)
{
    private static readonly (Stem Stem, string Name)[] StemNames = [(Stem.ImageNet, "imagenet"), (Stem.Cifar, "cifar"), (Stem.CifarPool, "cifar-pool")];

    /// <summary>Reads a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">It names nothing; kind Usage, saying what there is.</exception>
    public static Architecture Parse(string name)
    {
        var match = Pattern().Match(name);
        if (match.Success
            && int.TryParse(match.Groups["depth"].Value, CultureInfo.InvariantCulture, out var depth)
            && ResNetOptions.Blocks.ContainsKey(depth)
            && int.TryParse(match.Groups["width"].Success ? match.Groups["width"].Value : "64", CultureInfo.InvariantCulture, out var width)
            && width is >= 1 and <= 4096)
        {
            var stem = match.Groups["stem"].Success ? match.Groups["stem"].Value : "imagenet";
            return new Architecture(new ResNetOptions { Depth = depth, Width = width, Stem = StemNames.First(s => s.Name == stem).Stem });
        }

        throw new AutodidactException(
            FailureKind.Usage,
            $"architecture '{name}': expected resnet{{{string.Join('|', ResNetOptions.Blocks.Keys)}}}[-w<width>][-{string.Join('|', StemNames.Select(s => s.Name))}], such as resnet10-w32-cifar-pool or resnet50");
    }

    /// <summary>Makes the backbone; its weights are a function of the seed.</summary>
    /// <param name="seed">Seed of the weights.</param>
    public Backbone Create(ulong seed)
    {
        random.manual_seed((long)(seed & long.MaxValue));
        return new ResNet(ResNet);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"resnet{ResNet.Depth}{(ResNet.Width == 64 ? "" : $"-w{ResNet.Width}")}{(ResNet.Stem == Stem.ImageNet ? "" : $"-{StemNames.First(s => s.Stem == ResNet.Stem).Name}")}");

    [GeneratedRegex("^resnet(?<depth>[0-9]{1,4})(-w(?<width>[0-9]{1,5}))?(-(?<stem>imagenet|cifar-pool|cifar))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
