using Autodidact.Models;
using Autodidact.Views;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Ordinary and local views through an encoder: one pass for each size, as Caron et al. (NeurIPS 2020, arXiv 2006.09882) have it, so that
/// batch norm sees views of a size together.
/// </summary>
internal static class MultiCrop
{
    /// <summary>Features [V * B, D], the images of view 0 first.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="views">Ordinary views, then local ones.</param>
    /// <param name="ordinary">How many are ordinary.</param>
    public static Tensor Encode(Backbone encoder, ViewBatch views, int ordinary)
    {
        var features = encoder.call(views.Range(0, ordinary));
        return views.ViewCount == ordinary ? features : cat([features, encoder.call(views.Range(ordinary, views.ViewCount - ordinary))]);
    }
}
