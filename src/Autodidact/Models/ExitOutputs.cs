using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>What the exits of a network give, shallow to deep.</summary>
/// <param name="Features">Pooled features, [B, D] each; D is the same at every exit.</param>
/// <param name="Logits">Logits, [B, K] each.</param>
public sealed record ExitOutputs(IReadOnlyList<Tensor> Features, IReadOnlyList<Tensor> Logits);
