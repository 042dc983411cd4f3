using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>Adam with decoupled weight decay (Loshchilov &amp; Hutter 2019, arXiv 1711.05101); beta2 0.999, epsilon 1e-8.</summary>
internal sealed class AdamW : Optimizer
{
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private readonly OptimizerOptions _options;

    public AdamW(OptimizerOptions options, IReadOnlyList<ParameterGroup> groups)
    {
        _options = options;
        AddSlot("mean", groups);
        AddSlot("square", groups);
        AddCounters("updates", groups);
    }

    protected override void Update(string name, Parameter parameter, Tensor gradient, double rate)
    {
        if (_options.WeightDecay > 0 && IsWeight(parameter))
        {
            parameter.mul_(1 - (rate * _options.WeightDecay));
        }

        var beta1 = _options.Momentum;
        var mean = Slot(name, "mean");
        var square = Slot(name, "square");

        // The parameter's own, as PyTorch counts them: the moments of one that was frozen at first are as young as its updates are few.
        var updates = Slot(name, "updates").add_(1).item<long>();
        mean.mul_(beta1).add_(gradient, alpha: 1 - beta1);
        square.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        var denominator = square.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, updates))).add_(Epsilon);
        parameter.addcdiv_(mean, denominator, -rate / (1 - Math.Pow(beta1, updates)));
    }
}
