using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>A loss of several parts, each logged without its weight. Parts of weight 0 are not added, so that they cost nothing.</summary>
internal sealed class WeightedSum(Tensor like)
{
    private readonly Dictionary<string, Tensor> _parts = [];
    private Tensor? _loss;

    /// <summary>The sum; without parts a zero that still is a function of the input, so that a step of training stays possible.</summary>
    public (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Result => (_loss ?? like.sum() * 0, _parts);

    public void Add(string name, Tensor part, double weight)
    {
        _parts[name] = part.detach();
        _loss = _loss is null ? part * weight : _loss + (part * weight);
    }
}
