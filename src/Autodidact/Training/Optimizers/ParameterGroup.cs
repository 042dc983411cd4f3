using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>Parameters that share a learning-rate rule.</summary>
/// <param name="Parameters">Parameters by name; the names key the optimizer's state in checkpoints.</param>
/// <param name="ConstantRate">True keeps the peak rate through the decay (SimSiam's predictor).</param>
public sealed record ParameterGroup(IReadOnlyList<(string Name, Parameter Value)> Parameters, bool ConstantRate = false)
{
    /// <summary>All trainable parameters of a module as one group.</summary>
    /// <param name="module">The module.</param>
    /// <param name="constantRate">True keeps the peak rate through the decay.</param>
    public static ParameterGroup Of(nn.Module module, bool constantRate = false) =>
        new([.. module.named_parameters().Where(p => p.parameter.requires_grad)], constantRate);
}
