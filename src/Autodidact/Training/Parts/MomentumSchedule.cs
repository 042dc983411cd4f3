namespace Autodidact.Training.Parts;

/// <summary>
/// The momentum of a <see cref="MomentumCopy{TModule}"/> over a training, as in BYOL: Grill et al., NeurIPS 2020, arXiv 2006.07733.
/// </summary>
internal static class MomentumSchedule
{
    /// <summary>
    /// end - (end - start) (cos(pi progress) + 1) / 2: half a cosine from the start to the end; at 1 the copy stands still.
    /// </summary>
    /// <param name="start">Momentum at the start, 0 to 1.</param>
    /// <param name="progress">Fraction of the training done, 0 to 1.</param>
    /// <param name="end">Momentum at the end, 0 to 1.</param>
    public static double Cosine(double start, double progress, double end = 1) =>
        end - ((end - start) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
}
