namespace Autodidact.RunReports;

/// <summary>Content of a report.</summary>
internal sealed record RunReportOptions
{
    /// <summary>Most images on the map of features, 0 to 5,000; t-SNE's time grows with the square.</summary>
    public int MapPoints { get; init; } = 2_000;

    /// <summary>Most pictures on the contact sheets, 0 to 1,000.</summary>
    public int Pictures { get; init; } = 400;
}
