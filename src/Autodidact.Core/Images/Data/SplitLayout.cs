namespace Autodidact.Images;

/// <summary>
/// How the images of a folder or archive are laid out: single top folders are skipped; <c>train</c> beside <c>test</c>, <c>val</c>,
/// <c>valid</c> or <c>validation</c> are the splits; the first folder below is the class.
/// </summary>
/// <param name="Train">
/// Training images, or all where there are no splits; keys without the single top folders, labels from class folders.
/// </param>
/// <param name="Evaluation">Evaluation images, or null where there are no splits.</param>
/// <param name="Ignored">Images in other folders beside the splits.</param>
internal sealed record SplitLayout(IReadOnlyList<SourceItem> Train, IReadOnlyList<SourceItem>? Evaluation, int Ignored)
{
    private static readonly string[] _trainNames = ["train", "training"];

    // In order of preference: choices are made on a hold-out of the training images, so the test images are the ones to evaluate on.
    private static readonly string[] _evaluationNames = ["test", "testing", "val", "valid", "validation"];

    /// <summary>Whether any training image lies in a class folder.</summary>
    public bool HasClassFolders => Train.Any(item => item.Label is not null);

    /// <summary>Finds the splits among listed images.</summary>
    /// <exception cref="AutodidactException">A folder that is a split cannot be read; kind Data.</exception>
    public static SplitLayout Detect(IReadOnlyList<SourceItem> items)
    {
        // Folders that cannot be read are told of with the images left out. The layout is that of the others: one closed folder, such as
        // a disk's lost+found, must not make another folder than before the class.
        SourceItem[] closed = [.. items.Where(item => item.IsFolder)];
        if (closed.Length == 0) return DetectOpen(items);
        foreach (var folder in closed)
        {
            if (IsSplitName(folder.Key[(folder.Key.LastIndexOf('/') + 1)..]))
                throw new AutodidactException(FailureKind.Data, $"{folder.Locator}: {folder.Problem}: it would be a split of the data");
        }

        var layout = DetectOpen([.. items.Where(item => !item.IsFolder)]);
        return layout with { Train = [.. layout.Train, .. closed] };
    }

    private static SplitLayout DetectOpen(IReadOnlyList<SourceItem> items)
    {
        items = Strip(items, CommonFolders(items, stopAt: IsSplitName));
        string[] folders =
        [
            .. items.Select(item => SourceItem.FirstFolder(item.Key)).OfType<string>()
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        var train = Find(folders, _trainNames).FirstOrDefault();
        var candidates = Find(folders, _evaluationNames).Select(folder => (Folder: folder, Items: Below(items, folder))).ToArray();
        if (train is null || candidates.Length == 0)
        {
            items = Strip(items, CommonFolders(items));
            return new SplitLayout(Label(items, string.Empty), null, 0);
        }

        var trainItems = Label(Below(items, train), train);
        var classes = trainItems.Select(item => item.Label).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var labelled = candidates.Select(candidate => Label(candidate.Items, candidate.Folder, classes)).ToArray();

        // A test folder without classes (a challenge's) beside a validation folder with them: only the latter can be evaluated.
        var evaluation = labelled.FirstOrDefault(split => split.Any(item => item.Label is not null)) ?? labelled[0];
        return new SplitLayout(trainItems, evaluation, items.Count - trainItems.Count - evaluation.Count);
    }

    private static IEnumerable<string> Find(string[] folders, string[] names) =>
        names.SelectMany(name => folders.Where(folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase)));

    private static bool IsSplitName(string folder) =>
        _trainNames.Concat(_evaluationNames).Contains(folder, StringComparer.OrdinalIgnoreCase);

    private static List<SourceItem> Below(IReadOnlyList<SourceItem> items, string folder) =>
        [.. items.Where(item => item.Key.StartsWith(folder + "/", StringComparison.Ordinal))];

    /// <summary>
    /// The class is the first folder below the split. A single folder that holds everything tells nothing apart: it is no class.
    /// </summary>
    private static IReadOnlyList<SourceItem> Label(IReadOnlyList<SourceItem> items, string split, HashSet<string>? known = null)
    {
        var inside = split.Length == 0 ? items : Strip(items, split + "/");
        var skip = CommonFolders(inside, stopAt: known is null ? null : known.Contains).Length;
        return [.. items.Select((item, i) => item with { Label = SourceItem.FirstFolder(inside[i].Key[skip..]) })];
    }

    private static IReadOnlyList<SourceItem> Strip(IReadOnlyList<SourceItem> items, string prefix) =>
        prefix.Length == 0 ? items : [.. items.Select(item => item with { Key = item.Key[prefix.Length..] })];

    /// <summary>The folders all keys begin with, one below the other, up to one that <paramref name="stopAt"/> names.</summary>
    private static string CommonFolders(IReadOnlyList<SourceItem> items, Predicate<string>? stopAt = null)
    {
        var prefix = string.Empty;
        while (items.Count > 0 && SourceItem.FirstFolder(items[0].Key[prefix.Length..]) is { } folder && stopAt?.Invoke(folder) != true)
        {
            var longer = $"{prefix}{folder}/";
            if (!items.All(item => item.Key.StartsWith(longer, StringComparison.Ordinal)))
                break;
            prefix = longer;
        }

        return prefix;
    }
}
