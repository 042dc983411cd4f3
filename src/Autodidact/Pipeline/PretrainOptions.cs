using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Pretraining;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>Stage one: a self-supervised encoder.</summary>
public sealed record PretrainOptions
{
    /// <summary>Name of the method.</summary>
    [Description("pre-training method (see 'autodidact methods')")]
    public string Method { get; init; } = "simclr";

    /// <summary>Architecture of the encoder.</summary>
    [Description("architecture of the encoder, such as resnet10-w32-cifar-pool, resnet18-cifar, resnet50")]
    public string Arch { get; init; } = "resnet10-w32-cifar-pool";

    /// <summary>Encoder file that replaces this stage.</summary>
    [Description("encoder to use in place of pre-training: .safetensors, or a PyTorch checkpoint (.pth) of a ResNet")]
    public string? Encoder { get; init; }

    /// <summary>Passes over the images; 0 takes what the budget allows.</summary>
    [Description("passes over the images; 0 takes what the budget allows")]
    [Range(0.0, 100_000.0)]
    public double Epochs { get; init; }

    /// <summary>Share of the budget's training time.</summary>
    [Description("share of the budget's training time; distillation takes the rest")]
    [Range(0.0, 1.0)]
    public double BudgetShare { get; init; } = 0.75;

    /// <summary>Images a batch.</summary>
    [Description("images a batch")]
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Views.</summary>
    public ViewOptions Views { get; init; } = new() { StartFraction = 0.625 };

    /// <summary>Optimizer and schedule.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LearningRate = 0.3 };

    /// <summary>Settings of SimCLR.</summary>
    public SimClrOptions Simclr { get; init; } = new() { Temperature = 0.1 };
}
