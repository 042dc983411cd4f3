using Autodidact.Models;
using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>The base of objectives of stage one: an encoder, the modules that train beside it, and the views.</summary>
public abstract class EncoderObjective : Objective
{
    /// <summary>Takes the encoder over, and seeds the weights that the derived class makes next.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="training">The encoder and its views.</param>
    protected EncoderObjective(string name, EncoderTraining training)
        : base(name, "encoder", (training ?? throw new ArgumentNullException(nameof(training))).Encoder, training.Views, training.Seed) =>
            Encoder = training.Encoder;

    /// <summary>
    /// The encoder that is watched and kept: the one that is trained, or a copy that follows it. Part of <see cref="Objective.Network"/>,
    /// and disposed with it.
    /// </summary>
    public virtual Backbone Kept => Encoder;

    /// <summary>The encoder that is trained.</summary>
    protected Backbone Encoder { get; }
}
