using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The cost of running a network.</summary>
/// <param name="Parameters">Trainable numbers used.</param>
/// <param name="Macs">
/// Multiply-accumulates of convolutions and linear layers for one image; norms, activations and pooling are not counted.
/// </param>
internal sealed record ModelCost(long Parameters, long Macs)
{
    /// <summary>Cost of a backbone.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="size">Side of the images in pixels.</param>
    public static ModelCost Of(Backbone backbone, int size) => Measure(backbone, size, images => backbone.forward(images));

    /// <summary>Cost of each exit, counting only what running to that exit needs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="size">Side of the images in pixels.</param>
    public static IReadOnlyList<ModelCost> OfExits(MultiExitNetwork network, int size) =>
        [.. Enumerable.Range(0, network.ExitCount).Select(exit => Measure(network, size, images => network.ForwardTo(images, exit)))];

    /// <summary>Cost of a backbone up to each of its stages, without any exit.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="size">Side of the images in pixels.</param>
    public static IReadOnlyList<ModelCost> OfStages(Backbone backbone, int size) =>
        [
            .. Enumerable.Range(0, backbone.StageChannels.Count)
                .Select(last => Measure(backbone, size, images => backbone.ForwardTo(images, last))),
        ];

    /// <summary>Cost of all exits together: the ensemble.</summary>
    /// <param name="network">The network.</param>
    /// <param name="size">Side of the images in pixels.</param>
    public static ModelCost OfAll(MultiExitNetwork network, int size) => Measure(network, size, images => network.forward(images));

    /// <summary>
    /// Runs the network on one image and counts at the layers that are reached, so the count follows the code that runs, not a formula
    /// beside it.
    /// </summary>
    /// <exception cref="NotSupportedException">A layer with weights is of a kind whose cost is not known.</exception>
    private static ModelCost Measure(nn.Module network, int size, Action<Tensor> run)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        long parameters = 0;
        long macs = 0;
        var unhook = new List<Action>();
        foreach (var module in network.modules())
        {
            var own = module.parameters(recurse: false).Sum(p => p.NumberOfElements);
            if (own == 0) continue;
            var layer = module as nn.Module<Tensor, Tensor> ?? throw Unknown(module);
            if (!IsKnown(layer)) throw Unknown(layer);
            unhook.Add(layer.register_forward_hook((_, input, output) =>
            {
                parameters += own;
                macs += MacsOf(layer, input, output);
                return output;
            }).remove);
        }

        // In training mode a norm would need more than one value and would change its statistics.
        var training = network.training;
        network.eval();
        try
        {
            run(zeros(1, 3, size, size, device: network.DeviceOf()));
        }
        finally
        {
            network.train(training);
            unhook.ForEach(remove => remove());
        }

        return new ModelCost(parameters, macs);
    }

    /// <summary>A layer with weights that is not counted would make the network look cheaper than it is.</summary>
    private static bool IsKnown(nn.Module layer) => layer is Conv2d or Convolution3x3 or ConvTranspose2d or Linear or BatchNormalization;

    private static NotSupportedException Unknown(nn.Module layer) =>
        new($"layers of {layer.GetType().Name} have no known cost: add them to {nameof(ModelCost)}");

    private static long MacsOf(nn.Module layer, Tensor input, Tensor output) => layer switch
    {
        // Each output position takes one weight of each input channel and tap of its group.
        Conv2d convolution => output.shape[2] * output.shape[3] * convolution.weight!.NumberOfElements,
        Convolution3x3 convolution => output.shape[2] * output.shape[3] * convolution.Weight.NumberOfElements,
        ConvTranspose2d convolution => input.shape[2] * input.shape[3] * convolution.weight!.NumberOfElements,
        Linear linear => linear.weight!.NumberOfElements,
        BatchNormalization => 0,
        _ => throw Unknown(layer),
    };
}
