namespace Autodidact.Images;

/// <summary>Packed images of a request, open for reading.</summary>
internal sealed class PreparedData : IDisposable
{
    /// <summary>Training images.</summary>
    public required PackedImages Train { get; init; }

    /// <summary>Evaluation images; null where the data has neither a split nor labels to make one for.</summary>
    public PackedImages? Evaluation { get; init; }

    /// <summary>Labels of the training images. Only evaluation opens them.</summary>
    public required SealedLabels TrainLabels { get; init; }

    /// <summary>Labels of the evaluation images, with the same classes; null without <see cref="Evaluation"/>.</summary>
    public SealedLabels? EvaluationLabels { get; init; }

    /// <summary>Every image left out, with the reason: training images first.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>Images whose pixels equal those of an earlier image of the same split. They are kept.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Whether every pack was found ready, so that nothing was decoded.</summary>
    public required bool FromCache { get; init; }

    /// <summary>Whether a part of the images was set aside for evaluation, see <see cref="DataRequest.SetAside"/>.</summary>
    public required bool SetAside { get; init; }

    /// <summary>Notes to the user on how the data was read, a line each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Unmaps the packs.</summary>
    public void Dispose()
    {
        Train.Dispose();
        Evaluation?.Dispose();
    }
}
