using Autodidact.Numerics;

namespace Autodidact.Stages;

/// <summary>Seeds derived from a run's, one for each purpose, so that no two purposes draw the same stream.</summary>
/// <param name="Run">The run's seed.</param>
internal readonly record struct Seeds(ulong Run)
{
    /// <summary>The seed of a purpose.</summary>
    /// <param name="stream">The purpose.</param>
    public ulong Of(SeedStream stream)
    {
        var random = new CounterRandom(Run, (uint)stream);
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }
}

/// <summary>Purpose of a derived seed. The numbers are part of every result: none may change.</summary>
internal enum SeedStream : uint
{
    /// <summary>Weights of the encoder.</summary>
    Encoder = 1,

    /// <summary>Weights of heads beside the encoder.</summary>
    Head,

    /// <summary>Order and views of pre-training.</summary>
    Pretrain,

    /// <summary>Starts of k-means.</summary>
    Cluster,

    /// <summary>Weights of the student.</summary>
    Student,

    /// <summary>Order and views of distillation.</summary>
    Distill,

    /// <summary>Choices of the measurement.</summary>
    Evaluate,

    /// <summary>Choice of the labels that a semi-supervised method sees.</summary>
    Labels,
}
