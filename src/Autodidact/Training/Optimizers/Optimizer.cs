using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// Moves parameters against their gradients. Ours rather than TorchSharp's because a checkpoint needs the state by parameter name, and the
/// rate as a pure function of the step; the tests hold the updates equal to TorchSharp's own optimizers.
/// </summary>
internal abstract class Optimizer : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _state = new(StringComparer.Ordinal);

    /// <summary>
    /// Momentum buffers, moments and counts of updates, keyed <c>parameter/slot</c>; buffers keep the strides of their parameter.
    /// </summary>
    public IReadOnlyDictionary<string, Tensor> State => _state;

    /// <summary>One update of every parameter that has a gradient.</summary>
    /// <param name="groups">The groups, as at construction.</param>
    /// <param name="rates">Learning rate of each group.</param>
    public void Step(IReadOnlyList<ParameterGroup> groups, IReadOnlyList<double> rates)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        for (var g = 0; g < groups.Count; g++)
        {
            foreach (var (name, parameter) in groups[g].Parameters)
            {
                if (parameter.grad is { } gradient)
                {
                    Update(name, parameter, gradient, rates[g]);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _state.Values)
        {
            tensor.Dispose();
        }

        _state.Clear();
    }

    protected abstract void Update(string name, Parameter parameter, Tensor gradient, double rate);

    /// <summary>Weights of two dimensions or more decay and adapt; norms and biases do not.</summary>
    protected static bool IsWeight(Tensor parameter) => parameter.dim() > 1;

    /// <summary>Makes the buffers of a slot up front, so that a checkpoint can be read into them.</summary>
    protected void AddSlot(string slot, IReadOnlyList<ParameterGroup> groups) =>
        Add(slot, groups, parameter => zeros_like(parameter).detach());

    /// <summary>Makes a whole number for each parameter, which begins at 0.</summary>
    /// <summary>Counters, which this program reads at every step: on the CPU.</summary>
    protected void AddCounters(string slot, IReadOnlyList<ParameterGroup> groups) =>
        Add(slot, groups, _ => zeros(1, ScalarType.Int64, CPU));

    protected Tensor Slot(string name, string slot) => _state[$"{name}/{slot}"];

    private void Add(string slot, IReadOnlyList<ParameterGroup> groups, Func<Parameter, Tensor> make)
    {
        foreach (var (name, parameter) in groups.SelectMany(g => g.Parameters))
        {
            using var scope = NewDisposeScope();
            _state.Add($"{name}/{slot}", make(parameter).MoveToOuterDisposeScope().DetachFromDisposeScope());
        }
    }
}
