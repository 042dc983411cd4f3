namespace Autodidact.Views;

/// <summary>Which images a batch holds and what views of them: everything its content depends on beside the seed.</summary>
/// <param name="Epoch">Part of the random stream's address: another epoch, another augmentation.</param>
/// <param name="Step">The trainer's step; carried along, nothing depends on it.</param>
/// <param name="Indices">Positions in the image set.</param>
/// <param name="Spec">The views of each image; sizes may differ from plan to plan (progressive resolution).</param>
internal sealed record BatchPlan(int Epoch, long Step, int[] Indices, ViewSpec Spec);
