using Autodidact.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// Layer-wise adaptive rate scaling (You, Gitman &amp; Ginsburg 2017, arXiv 1708.03888) over momentum SGD:
/// g += wd w; g *= eta |w| / |g|; v = m v + g; w -= rate v, the form of SimCLR's published code. The clipped form of solo-learn has
/// g *= min(eta |w| / (|g| rate), 1) instead, so that a layer's rate never exceeds the schedule's: eta means another thing there. Norms and
/// biases take plain momentum steps without decay.
/// </summary>
internal sealed class Lars : Optimizer
{
    private const double Epsilon = 1e-12;
    private readonly OptimizerOptions _options;

    public Lars(OptimizerOptions options, IReadOnlyList<ParameterGroup> groups)
    {
        _options = options;
        AddSlot("momentum", groups);
    }

    protected override void Update(string name, Parameter parameter, Tensor gradient, double rate)
    {
        if (IsWeight(parameter))
        {
            // Where nothing but decay is left, a step in proportion to the weight would be decay of another size: a frozen weight would
            // vanish.
            var frozen = gradient.abs().max().ToDouble() == 0;
            gradient = gradient.add(parameter, alpha: _options.WeightDecay);
            var weightNorm = parameter.norm().ToDouble();
            var gradientNorm = gradient.norm().ToDouble();
            if (weightNorm > 0 && gradientNorm > 0 && !frozen)
            {
                var trust = _options.TrustCoefficient * weightNorm / (gradientNorm + Epsilon);
                gradient.MultiplyInPlace(_options.TrustClip ? Math.Min(trust / rate, 1) : trust);
            }
        }

        var momentum = Slot(name, "momentum");
        momentum.MultiplyInPlace(_options.Momentum).AddInPlace(gradient);
        parameter.AddInPlace(momentum, -rate);
    }
}
