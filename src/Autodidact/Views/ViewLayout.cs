namespace Autodidact.Views;

/// <summary>Where each view of each image lies in a batch's buffer: view-major, then image by image, channels last.</summary>
internal sealed class ViewLayout
{
    private readonly long[] _offsets;

    internal ViewLayout(BatchPlan plan)
    {
        Recipes = plan.Spec.Views;
        ImageCount = plan.Indices.Length;
        _offsets = new long[Recipes.Count + 1];
        for (var v = 0; v < Recipes.Count; v++)
            _offsets[v + 1] = _offsets[v] + ((long)ImageCount * ViewRenderer.OutputLength(Recipes[v]));
    }

    internal IReadOnlyList<ViewRecipe> Recipes { get; }

    internal int ImageCount { get; }

    /// <summary>Floats of the whole batch.</summary>
    internal long Length => _offsets[^1];

    /// <summary>First float of a view; with the number of views, the end.</summary>
    internal long ViewOffset(int view) => _offsets[view];

    internal long ImageOffset(int view, int image) => _offsets[view] + ((long)image * ViewRenderer.OutputLength(Recipes[view]));
}
