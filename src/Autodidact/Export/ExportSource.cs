using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;

namespace Autodidact.Export;

/// <summary>What is exported, and the images it is checked on.</summary>
internal sealed record ExportSource
{
    /// <summary>The multi-exit student.</summary>
    public required MultiExitNetwork Student { get; init; }

    /// <summary>What the student takes.</summary>
    public required GraphInput StudentInput { get; init; }

    /// <summary>
    /// The self-supervised encoder and what it takes; null where it is not ours to write, being an ONNX file or ready features.
    /// </summary>
    public (Backbone Network, GraphInput Input)? Encoder { get; init; }

    /// <summary>Everything <c>model.json</c> says.</summary>
    public required ModelManifest Manifest { get; init; }

    /// <summary>Real images of the training's side.</summary>
    public required IImageSet Images { get; init; }

    /// <summary>Those of them every graph is checked on.</summary>
    public required int[] Samples { get; init; }
}
