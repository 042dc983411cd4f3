using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>Features and logits of the exits of a network, shallow to deep.</summary>
/// <param name="Features">Pooled features, [B, D] each; D is the same at every exit.</param>
/// <param name="Logits">Logits, [B, K] each.</param>
public sealed record ExitOutputs(IReadOnlyList<Tensor> Features, IReadOnlyList<Tensor> Logits);
