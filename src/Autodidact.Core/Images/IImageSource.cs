namespace Autodidact.Images;

/// <summary>A place images come from: a folder, an archive, a binary data set, a generator. One class per format.</summary>
public interface IImageSource
{
    /// <summary>Describes the source in messages and records (<c>folder pictures</c>, <c>cifar10.zip:train</c>).</summary>
    string Description { get; }

    /// <summary>
    /// Text that changes when the source's content may have changed (names, sizes, modification times). Making it decodes nothing.
    /// Two runs over the same content see the same stamp.
    /// </summary>
    string Stamp();

    /// <summary>How many images <see cref="Enumerate"/> will hand out, for progress; null if that is not known beforehand.</summary>
    int? ExpectedCount => null;

    /// <summary>Hands out every image, always in the same order.</summary>
    /// <param name="cancellationToken">Stops the enumeration.</param>
    IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default);
}
