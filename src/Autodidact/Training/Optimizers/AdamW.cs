using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training.Optimizers;

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
    }

    protected override void Update(string name, Parameter parameter, Tensor gradient, double rate, long step)
    {
        if (_options.WeightDecay > 0 && IsWeight(parameter))
        {
            parameter.mul_(1 - (rate * _options.WeightDecay));
        }

        var beta1 = _options.Momentum;
        var mean = Slot(name, "mean");
        var square = Slot(name, "square");
        mean.mul_(beta1).add_(gradient, alpha: 1 - beta1);
        square.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        var denominator = square.sqrt().div_(Math.Sqrt(1 - Math.Pow(Beta2, step + 1))).add_(Epsilon);
        parameter.addcdiv_(mean, denominator, -rate / (1 - Math.Pow(beta1, step + 1)));
    }
}
