namespace Autodidact.Views;

/// <summary>The images of a batch and their views. Together with the seed this decides the batch's content.</summary>
/// <param name="Epoch">Part of the address of the random numbers: another epoch gives another augmentation.</param>
/// <param name="Step">The trainer's step. The views do not depend on it.</param>
/// <param name="Indices">Positions in the image set.</param>
/// <param name="Spec">The views of each image; sizes may differ from plan to plan (progressive resolution).</param>
internal sealed record BatchPlan(int Epoch, long Step, int[] Indices, ViewSpec Spec)
{
    /// <summary>Positions of the whole batch, where ranks have a part of it each; else the same as <see cref="Indices"/>.</summary>
    public int[] Batch { get; init; } = Indices;
}
