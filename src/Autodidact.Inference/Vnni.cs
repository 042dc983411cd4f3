using System.Runtime.Intrinsics.X86;

namespace Autodidact.Inference;

/// <summary>
/// Whether the processor sums products of 8-bit numbers in 32 bits (AVX-512 VNNI or AVX-VNNI), which .NET does not tell of both.
/// </summary>
internal static class Vnni
{
    public static bool IsSupported { get; } = Detect();

    private static bool Detect()
    {
        const int features = 7;
        if (!X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < features)
        {
            return false;
        }

        // Intel, Software Developer's Manual, volume 2A, CPUID: leaf 7, subleaf 0, ECX bit 11; subleaf 1, EAX bit 4. EAX of subleaf 0 is
        // the number of subleaves.
        var (subleaves, _, ecx, _) = X86Base.CpuId(features, 0);
        return (ecx & (1 << 11)) != 0 || (subleaves >= 1 && (X86Base.CpuId(features, 1).Eax & (1 << 4)) != 0);
    }
}
