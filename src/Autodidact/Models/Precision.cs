namespace Autodidact.Models;

/// <summary>
/// The numbers that a network computes with while it is trained. Weights, statistics, features and losses are float32 in either case, and
/// so is everything in evaluation mode.
/// </summary>
internal enum Precision
{
    /// <summary>float32 throughout.</summary>
    Single,

    /// <summary>bfloat16 in convolutions and the maps between them: faster where the processor multiplies it itself.</summary>
    Mixed,
}
