using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;

namespace Autodidact.Export;

/// <summary>The networks to export, and the images that check them.</summary>
internal sealed record ExportSource
{
    /// <summary>The multi-exit student.</summary>
    public required MultiExitNetwork Student { get; init; }

    /// <summary>Input of the student.</summary>
    public required GraphInput StudentInput { get; init; }

    /// <summary>
    /// The self-supervised encoder and its input; null where the encoder is an ONNX file or ready features, of which we write no graph.
    /// </summary>
    public (Backbone Network, GraphInput Input)? Encoder { get; init; }

    /// <summary>Everything <c>model.json</c> says.</summary>
    public required ModelManifest Manifest { get; init; }

    /// <summary>Real images of the training's side.</summary>
    public required IImageSet Images { get; init; }

    /// <summary>Those of them every graph is checked on.</summary>
    public required int[] Samples { get; init; }
}
