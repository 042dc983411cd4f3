namespace Autodidact.Images;

/// <summary>Where the labels for evaluation come from. Training sees none of them, whichever is chosen.</summary>
internal abstract record LabelSource
{
    private LabelSource()
    {
    }

    /// <summary>No labels: nothing that needs them is measured.</summary>
    public static LabelSource None { get; } = new NoLabels();

    /// <summary>The data's own: class folders, or the labels a data set carries.</summary>
    public static LabelSource Folders { get; } = new OwnLabels();

    /// <summary>A CSV file with the header <c>key,label</c>.</summary>
    /// <param name="path">The file.</param>
    public static LabelSource Csv(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new CsvLabels(path);
    }

    /// <summary>Reads what the command line takes: <c>none</c>, <c>folders</c> or the path of a <c>.csv</c> file.</summary>
    /// <param name="text">The option's value.</param>
    /// <exception cref="AutodidactException">It is none of these.</exception>
    public static LabelSource Parse(string text) => text switch
    {
        "none" => None,
        "folders" => Folders,
        _ when text is not null && text.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) => Csv(text),
        _ => throw new AutodidactException(FailureKind.Usage, $"--labels {text}: expected none, folders or the path of a .csv file"),
    };

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public sealed override string ToString() => this switch
    {
        CsvLabels csv => csv.Path,
        OwnLabels => "folders",
        NoLabels => "none",
        _ => throw new InvalidOperationException($"no name for labels of the kind {GetType().Name} is known"),
    };

    internal sealed record NoLabels : LabelSource;

    internal sealed record OwnLabels : LabelSource;

    internal sealed record CsvLabels(string Path) : LabelSource;
}
