using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

internal static class Initialization
{
    /// <summary>Kaiming-normal by fan-out for every convolution, as torchvision's ResNet does; norms start at (1, 0) by themselves.</summary>
    public static void KaimingFanOut(nn.Module module)
    {
        using var noGrad = no_grad();
        foreach (var convolution in module.modules().OfType<Conv2d>())
        {
            nn.init.kaiming_normal_(convolution.weight!, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
        }
    }
}
