namespace Autodidact.Pretraining;

/// <summary>The parts that fit a feature extractor without gradients.</summary>
/// <param name="Pictures">Reads the images of pre-training.</param>
/// <param name="Side">Side of a picture in pixels.</param>
/// <param name="Positions">Which to look at.</param>
/// <param name="Options">The stage's options.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Threads">Threads; 0 is all.</param>
/// <param name="Tell">Takes a line of progress.</param>
/// <param name="CancellationToken">Stops between iterations.</param>
internal sealed record EncoderFitting(
    PictureReader Pictures,
    int Side,
    IReadOnlyList<int> Positions,
    PretrainOptions Options,
    ulong Seed,
    int Threads,
    Action<string> Tell,
    CancellationToken CancellationToken);
