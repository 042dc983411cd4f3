namespace Autodidact.Objectives;

/// <summary>How many clusters or prototypes a pre-training method has.</summary>
internal static class ClusterCount
{
    private const int ImagesEach = 100;
    private const int Fewest = 10;

    /// <summary>
    /// The number asked for. For 0, one cluster for 100 images: at least 10, at most as many as published for ImageNet, and never more than
    /// half the images, since every epoch sees that many.
    /// </summary>
    /// <param name="option">Name of the option.</param>
    /// <param name="asked">Its value.</param>
    /// <param name="images">Number of training images.</param>
    /// <param name="most">Most that 0 stands for.</param>
    /// <exception cref="AutodidactException">More were asked for than there are images; kind Usage.</exception>
    public static int Of(string option, int asked, int images, int most)
    {
        if (asked > images)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"{option}: {asked} for {images} images: choose {images} at most, or 0 for a number that fits");
        }

        return asked > 0 ? asked : Math.Max(1, Math.Min(images / 2, Math.Clamp(images / ImagesEach, Fewest, most)));
    }
}
