using Autodidact.Models;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Training;

/// <summary>
/// The common part of objectives: the network, the modules that train beside it, and the views. It knows neither optimizers nor data
/// sets.
/// </summary>
public abstract class Objective : IObjective
{
    private readonly Together _network;
    private readonly Func<double, ViewSpec> _views;

    /// <summary>Takes the network over, and seeds the weights that the derived class makes next.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="key">Name of the network in checkpoints.</param>
    /// <param name="network">The network that is trained.</param>
    /// <param name="views">The views of an image, as a function of the training's progress.</param>
    /// <param name="seed">Seed of the weights beside the network.</param>
    protected Objective(string name, string key, nn.Module network, Func<double, ViewSpec> views, ulong seed)
    {
        Device = network.DeviceOf();
        Name = name;
        _views = views;
        _network = new Together(key, network);
        random.manual_seed((long)(seed & long.MaxValue));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public nn.Module Network => _network;

    /// <inheritdoc/>
    public virtual IReadOnlyList<ParameterGroup> ParameterGroups => [ParameterGroup.Of(_network)];

    /// <inheritdoc/>
    public virtual IReadOnlyList<TrainingPhase> Phases => TrainingPhase.Single;

    /// <inheritdoc/>
    public virtual IReadOnlyDictionary<string, Tensor> State => EmptyState.Instance;

    /// <inheritdoc/>
    public virtual bool DividesAmongRanks => false;

    /// <inheritdoc/>
    public ViewSpec Views(double progress) => _views(progress);

    /// <inheritdoc/>
    public virtual void BeginPhase(int phase)
    {
    }

    /// <inheritdoc/>
    public virtual void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
    }

    /// <inheritdoc/>
    public abstract ObjectiveLoss Loss(ObjectiveBatch batch, double progress);

    /// <inheritdoc/>
    public virtual void BeforeStep(double progress)
    {
    }

    /// <inheritdoc/>
    public virtual void AfterStep(double progress)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the network and what trains beside it.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _network.Dispose();
    }

    /// <summary>The device of the network, where everything lies that is computed with it.</summary>
    protected Device Device { get; }

    /// <summary>
    /// Adds a module to what is saved and, where it asks for gradients, trained; it goes to the device of the network. Call it in the
    /// constructor alone, before anything holds tensors of the module.
    /// </summary>
    /// <typeparam name="TModule">Kind of module.</typeparam>
    /// <param name="name">Its name in checkpoints.</param>
    /// <param name="module">The module; owned by the objective from now on.</param>
    protected TModule Beside<TModule>(string name, TModule module)
        where TModule : nn.Module
    {
        // Some modules know their parts only once they are registered, and would move without them.
        _network.register_module(name, module);
        return module.On(Device);
    }

    /// <summary>Rows of a batch in tensors that hold one for each training image: int64 [B].</summary>
    /// <param name="batch">The batch.</param>
    protected static Tensor Rows(ObjectiveBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return tensor(batch.Indices.Select(i => (long)i).ToArray(), device: batch.Views.Device);
    }

    private sealed class Together : nn.Module
    {
        public Together(string key, nn.Module network)
            : base(nameof(Together)) => register_module(key, network);
    }
}
