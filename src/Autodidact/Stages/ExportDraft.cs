using Autodidact.Export;
using Autodidact.Inference;

namespace Autodidact.Stages;

/// <summary>A model that has been written but not yet put in its place.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Plan">Its early exits; null where there were no held-out images.</param>
internal sealed record ExportDraft(string Folder, ModelManifest Manifest, EarlyExitPlan? Plan)
{
    /// <summary>
    /// Policies worth timing: every exit alone, the deepest first because all others are compared with it; then the settings.
    /// </summary>
    public IReadOnlyList<ExitPolicy> Policies =>
    [
        .. Enumerable.Range(0, Manifest.Exits.Count).Select(i => ExitPolicy.Fixed(Manifest.Exits.Count - i)),
        .. (Plan?.Settings ?? []).Select(s => ExitPolicy.PerExit(s.Thresholds)),
    ];

    /// <summary>The draft with the speeds of <see cref="Policies"/>.</summary>
    /// <param name="speeds">Images a second; null where not measured.</param>
    public ExportDraft With(IReadOnlyList<double?> speeds)
    {
        var exits = Manifest.Exits.Count;
        var plan = Plan?.With([.. speeds.Skip(exits)]);
        return this with
        {
            Plan = plan,
            Manifest = Manifest with
            {
                TradeOffs = plan?.Curve ?? [],
                Exits = [.. Manifest.Exits.Select((e, i) => e with { ImagesPerSecond = speeds[exits - 1 - i] })],
            },
        };
    }
}
