using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>Weights and buffers of modules, by torchvision's key names, in memory and in safetensors files.</summary>
internal static class ModuleStore
{
    /// <summary>Every parameter and buffer by name.</summary>
    /// <param name="module">The module.</param>
    public static IReadOnlyDictionary<string, Tensor> NamedState(this nn.Module module)
    {
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, parameter) in module.named_parameters())
        {
            state.Add(name, parameter);
        }

        foreach (var (name, buffer) in module.named_buffers())
        {
            state.Add(name, buffer);
        }

        return state;
    }

    /// <summary>Writes a module's state, atomically.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Free text by name.</param>
    public static void Save(nn.Module module, string path, IReadOnlyDictionary<string, string> metadata) =>
        TensorFile.Write(path, module.NamedState(), metadata);

    /// <summary>
    /// Writes a module's state as a PyTorch checkpoint (<c>.pth</c>) that <c>torch.load</c> and <c>load_state_dict</c> read, atomically.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    public static void SaveTorch(nn.Module module, string path) => TensorFile.WriteTorch(path, module.NamedState());

    /// <summary>
    /// Reads a module's state in place; strides stay. A backbone's file may carry a classifier <c>fc</c>, which is left unread, and any
    /// file may lack the norms' batch counters, which torchvision's older files do.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">The file does not fit the module; kind Data, naming the first difference.</exception>
    public static void Load(nn.Module module, string path) =>
        TensorFile.ReadInto(
            path,
            module.NamedState(),
            ignore: name => module is Backbone && name.StartsWith("fc.", StringComparison.Ordinal),
            optional: name => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal));

    /// <summary>Text that came with a file.</summary>
    /// <param name="path">The file.</param>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path) => TensorFile.ReadMetadata(path);

    /// <summary>Copies the state of one module into another of the same shape.</summary>
    /// <param name="from">The source.</param>
    /// <param name="to">The destination.</param>
    /// <exception cref="ArgumentException">The two differ in a name or a shape; nothing is copied then.</exception>
    public static void Copy(nn.Module from, nn.Module to)
    {
        using var noGrad = no_grad();
        var source = from.NamedState();
        var destination = to.NamedState();
        foreach (var (name, tensor) in destination)
        {
            // copy_ alone would broadcast a smaller tensor silently.
            if (!source.TryGetValue(name, out var value) || !value.shape.SequenceEqual(tensor.shape) || source.Count != destination.Count)
            {
                throw new ArgumentException($"the modules differ at '{name}'", nameof(from));
            }
        }

        foreach (var (name, tensor) in destination)
        {
            tensor.copy_(source[name]);
        }
    }
}
