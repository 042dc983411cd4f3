namespace Autodidact.Evaluation;

/// <summary>Classes of the images whose features are scored: what the measurements need to know of labels.</summary>
/// <param name="Train">Class of each training image, -1 where unknown. Probes and cluster names are fitted on these.</param>
/// <param name="Evaluation">Class of each evaluation image, -1 where unknown. Every score speaks of these.</param>
/// <param name="Classes">Number of classes.</param>
internal sealed record LabelledSplits(int[] Train, int[] Evaluation, int Classes)
{
    /// <summary>Whether both splits have a labelled image, without which nothing can be scored.</summary>
    public bool CanScore => Array.Exists(Train, label => label >= 0) && Array.Exists(Evaluation, label => label >= 0);
}
