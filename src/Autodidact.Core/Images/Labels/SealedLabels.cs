namespace Autodidact.Images;

/// <summary>
/// Labels of one split, prepared beside its images. Only evaluation opens them. They are kept in memory, because the cache of packed images
/// may be another user's, or be deleted during a run.
/// </summary>
/// <param name="name">A name that holds their source and a digest of their content.</param>
/// <param name="labels">The labels.</param>
internal sealed class SealedLabels(string name, EvaluationLabels labels)
{
    /// <summary>A name that holds their source and a digest of their content: equal for equal labels of the same pack.</summary>
    public string Name => name;

    /// <summary>The labels, for evaluation.</summary>
    public EvaluationLabels Open() => labels;
}
