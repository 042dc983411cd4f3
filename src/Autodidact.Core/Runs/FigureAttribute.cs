namespace Autodidact.Runs;

/// <summary>Describes a figure of <c>summary.json</c> once, for every place that shows it.</summary>
/// <param name="text">The figure in words, as the JSON Schema and the reference page say it.</param>
/// <param name="format">Its form in tables.</param>
[AttributeUsage(AttributeTargets.Property)]
internal class FigureAttribute(string text, FigureFormat format = FigureFormat.Number) : Attribute
{
    /// <summary>The figure in words.</summary>
    public string Text { get; } = text;

    /// <summary>Its form in tables.</summary>
    public FigureFormat Format { get; } = format;

    /// <summary>Which values are better.</summary>
    public Better Better { get; init; }

    /// <summary>The lowest value there can be; negative infinity for no limit.</summary>
    public double Minimum { get; init; }

    /// <summary>The regular expression that a text matches; null for any text.</summary>
    public string? Pattern { get; init; }
}

/// <summary>Form of a figure in tables.</summary>
internal enum FigureFormat
{
    /// <summary>A fraction of 1, shown in percent.</summary>
    Fraction,

    /// <summary>A whole number, shown with all its digits.</summary>
    Count,

    /// <summary>A large whole number, shown in three digits.</summary>
    Large,

    /// <summary>Any other number.</summary>
    Number,
}

/// <summary>Which values of a figure are better.</summary>
internal enum Better
{
    /// <summary>Neither: the figure describes and does not judge.</summary>
    Neither,

    /// <summary>Higher values are better.</summary>
    Higher,

    /// <summary>Lower values are better.</summary>
    Lower,
}

/// <summary>Describes a part of <c>summary.json</c>: an object of figures, or a list of them.</summary>
/// <param name="text">Content of the part.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PartAttribute(string text) : Attribute
{
    /// <summary>Content of the part.</summary>
    public string Text { get; } = text;
}
