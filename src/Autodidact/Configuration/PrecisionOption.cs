using Autodidact.Models;
using Autodidact.Native;

namespace Autodidact.Configuration;

/// <summary>Arithmetic of a run's training, as it is asked for.</summary>
public enum PrecisionOption
{
    /// <summary>
    /// <see cref="Mixed"/> where the processor multiplies bfloat16 itself and libtorch offers it, else <see cref="Single"/>. A run records
    /// the choice and keeps it on every machine.
    /// </summary>
    Auto,

    /// <summary>float32 throughout.</summary>
    Single,

    /// <summary>bfloat16 in convolutions and the maps between them.</summary>
    Mixed,
}

/// <summary>Settles the option for this machine.</summary>
internal static class Precisions
{
    /// <summary>The option of a run that begins on this machine.</summary>
    /// <param name="option">The option.</param>
    /// <param name="device">The device, settled. Where mixed precision is faster is known of processors alone.</param>
    public static PrecisionOption Settle(PrecisionOption option, string device = TorchDevices.Cpu) =>
        option != PrecisionOption.Auto ? option
        : device != TorchDevices.Cpu ? PrecisionOption.Single
        : MixedPrecision.IsFast && MixedPrecision.IsAvailable ? PrecisionOption.Mixed
        : PrecisionOption.Single;

    /// <summary>The networks' precision, by an option that is settled.</summary>
    public static Precision Of(PrecisionOption settled) => settled switch
    {
        PrecisionOption.Single => Precision.Single,
        PrecisionOption.Mixed => Precision.Mixed,
        _ => throw new ArgumentOutOfRangeException(nameof(settled), settled, "settle the option first"),
    };
}
