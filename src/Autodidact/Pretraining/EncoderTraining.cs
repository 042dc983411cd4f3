using Autodidact.Models;
using Autodidact.Views;

namespace Autodidact.Pretraining;

/// <summary>The parts that every objective of stage one starts from.</summary>
/// <param name="Encoder">The encoder to train; the objective takes it over, and disposes it.</param>
/// <param name="Views">
/// The views of an image, as a function of the training's progress: as many alike ones as the method takes, then local ones where it takes
/// them.
/// </param>
/// <param name="Images">Number of training images, for methods that remember something of each.</param>
/// <param name="Seed">Seed of the weights of whatever trains beside the encoder.</param>
public sealed record EncoderTraining(Backbone Encoder, Func<double, ViewSpec> Views, int Images, ulong Seed)
{
    /// <summary>Threads of what is not computed by tensors, such as clusterings; 0 is all.</summary>
    public int Threads { get; init; }

    /// <summary>Images that an epoch sees: fewer than there are where the last batch would not be full.</summary>
    public int ImagesAnEpoch { get; init; } = Images;

    /// <summary>The prefix of the names of the method's options in messages, as <c>pretrain.simclr.</c>.</summary>
    internal string OptionPrefix { get; init; } = "";
}
