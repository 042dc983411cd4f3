namespace Autodidact.Training;

/// <summary>Seconds of what happens between steps.</summary>
/// <param name="Look">A look of the observers.</param>
/// <param name="Save">Writing a checkpoint.</param>
/// <param name="Start">The start of an epoch, on average over several.</param>
/// <param name="CheckpointBytes">Size of a checkpoint.</param>
internal readonly record struct EpochCost(double Look, double Save, double Start, long CheckpointBytes)
{
    /// <summary>Epochs from one look to the next.</summary>
    /// <param name="stepsPerEpoch">Steps an epoch.</param>
    /// <param name="observeEverySteps">Fewest steps between two looks.</param>
    public static int EpochsBetweenLooks(int stepsPerEpoch, int observeEverySteps) =>
        (observeEverySteps + stepsPerEpoch - 1) / stepsPerEpoch;

    /// <summary>A step's share.</summary>
    /// <param name="stepsPerEpoch">Steps an epoch.</param>
    /// <param name="observeEverySteps">Fewest steps between two looks.</param>
    public double PerStep(int stepsPerEpoch, int observeEverySteps) =>
        ((Look / EpochsBetweenLooks(stepsPerEpoch, observeEverySteps)) + Save + Start) / stepsPerEpoch;
}
