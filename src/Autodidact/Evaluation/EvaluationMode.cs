using TorchSharp;

namespace Autodidact.Evaluation;

/// <summary>
/// Puts a module and all its parts in evaluation mode and, when disposed, gives every part the mode it had: parts frozen in evaluation mode
/// inside a training module stay frozen.
/// </summary>
internal sealed class EvaluationMode : IDisposable
{
    private readonly List<(torch.nn.Module Module, bool Training)> _modes = [];

    internal EvaluationMode(torch.nn.Module module)
    {
        Remember(module);
        module.eval();
    }

    public void Dispose()
    {
        // Parents come before their children, and train() reaches all children: the last word on each is its own.
        foreach (var (module, training) in _modes)
            module.train(training);
    }

    private void Remember(torch.nn.Module module)
    {
        _modes.Add((module, module.training));
        foreach (var child in module.children())
            Remember(child);
    }
}
