using Autodidact.Native;
using TorchSharp;
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
            parameter.MultiplyInPlace(1 - (rate * _options.WeightDecay));
        }

        var beta1 = _options.Momentum;
        var mean = Slot(name, "mean");
        var square = Slot(name, "square");

        // The parameter's own, as PyTorch counts them: the moments of one that was frozen at first are as young as its updates are few.
        var updates = Slot(name, "updates").add_(1).item<long>();
        mean.MultiplyInPlace(beta1).AddInPlace(gradient, 1 - beta1);
        using var share = (1 - Beta2).ToScalar();
        square.MultiplyInPlace(Beta2).addcmul_(gradient, gradient, share);
        var denominator = square.sqrt().DivideInPlace(Math.Sqrt(1 - Math.Pow(Beta2, updates))).AddInPlace(Epsilon);
        using var length = (-rate / (1 - Math.Pow(beta1, updates))).ToScalar();
        parameter.addcdiv_(mean, denominator, length);
    }
}
