using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Images;

/// <summary>The images of one source, then those of another.</summary>
/// <param name="first">The one.</param>
/// <param name="second">The other; no key of the first may be among its own.</param>
internal sealed class JoinedSource(IImageSource first, IImageSource second) : IImageSource
{
    public string Description => $"{first.Description} and {second.Description}";

    public int? ExpectedCount => first.ExpectedCount + second.ExpectedCount;

    public string Stamp() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{first.Stamp()}\n{second.Stamp()}")));

    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default) =>
        first.Enumerate(cancellationToken).Concat(second.Enumerate(cancellationToken));
}
