using Autodidact.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// SGD with Nesterov momentum, PyTorch's form: g += wd w; v = m v + g; w -= rate (g + m v).
/// </summary>
internal sealed class Sgd : Optimizer
{
    private readonly OptimizerOptions _options;

    public Sgd(OptimizerOptions options, IReadOnlyList<ParameterGroup> groups)
    {
        _options = options;
        AddSlot("momentum", groups);
    }

    protected override void Update(string name, Parameter parameter, Tensor gradient, double rate)
    {
        if (_options.WeightDecay > 0 && IsWeight(parameter))
        {
            gradient = gradient.add(parameter, alpha: _options.WeightDecay);
        }

        var momentum = Slot(name, "momentum");
        momentum.MultiplyInPlace(_options.Momentum).AddInPlace(gradient);
        parameter.AddInPlace(gradient, -rate).AddInPlace(momentum, -rate * _options.Momentum);
    }
}
