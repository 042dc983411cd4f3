using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Images;

/// <summary>
/// Turns a <see cref="DataRequest"/> into packed images: finds the data, divides it into splits, decodes what the cache does not hold,
/// keeps labels apart.
/// </summary>
internal static class DataPreparer
{
    /// <summary>Prepares the data of a request.</summary>
    /// <param name="request">Which data, and how.</param>
    /// <param name="progress">Told while images are decoded; silent when all packs are in the cache.</param>
    /// <param name="cancellationToken">Stops without leaving anything broken.</param>
    /// <exception cref="AutodidactException">The data is missing, empty or unreadable, or the disk is full.</exception>
    public static PreparedData Prepare(
        DataRequest request, IProgress<PackProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Prepare(request, SyntheticSet, progress, cancellationToken);

    /// <summary>
    /// Prepares some of the data of a request, as many images as can be packed in a given time. Sources that cannot hand out some of their
    /// images alone are prepared whole: they are quick to read.
    /// </summary>
    /// <param name="request">Which data, and how; its cache should be a folder of its own.</param>
    /// <param name="seconds">About how long it may take.</param>
    /// <param name="most">Most training images.</param>
    /// <param name="cancellationToken">Stops without leaving anything broken.</param>
    /// <exception cref="AutodidactException">The data is missing, empty or unreadable, or the disk is full.</exception>
    public static DataSample Sample(DataRequest request, double seconds, int most, CancellationToken cancellationToken)
    {
        const int First = 64;
        var few = Of(First);
        var affordable = (int)Math.Min(most, seconds / Math.Max(few.SecondsPerImage, 1e-6));
        if (few.Data.Train.Count == few.TrainImages || affordable <= First) return few;
        few.Data.Dispose();
        return Of(affordable);

        DataSample Of(int count)
        {
            var (found, packed) = (new Dictionary<string, int>(), 0);
            var clock = new System.Diagnostics.Stopwatch();
            var data = Prepare(request, SyntheticSet, null, cancellationToken, (source, role) =>
            {
                var part = source;
                if (source is ListedSource listed)
                {
                    found[role] = listed.Items.Count;
                    var wanted = role == "train" ? count : Math.Max(1, count / 4);
                    if (wanted < listed.Items.Count)
                    {
                        var (_, taken) = HoldOut.Split([.. listed.Items.Select(item => item.Key)], wanted, "sample");
                        part = listed.With($"{source.Description}:sample", [.. taken.Select(i => listed.Items[i])]);
                        packed += wanted;
                    }
                }

                clock.Start();
                return part;
            });
            var (train, evaluation) = (data.Train.Count, data.Evaluation?.Count ?? 0);
            packed = Math.Max(packed, train + evaluation);
            return new DataSample(
                data,
                found.GetValueOrDefault("train", train),
                data.Evaluation is null ? 0 : found.GetValueOrDefault("evaluation", evaluation),
                clock.Elapsed.TotalSeconds / packed);
        }
    }

    internal static PreparedData Prepare(
        DataRequest request,
        Func<int, ulong, string, IImageSource> synthetic,
        IProgress<PackProgress>? progress,
        CancellationToken cancellationToken,
        Func<IImageSource, string, IImageSource>? part = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        var csv = request.Labels is LabelSource.CsvLabels file ? LabelCsv.Load(file.Path) : null;
        var catalog = new DataCatalog(synthetic);
        var (data, notes) = (catalog.Resolve(request.Data, request, cancellationToken), new List<string>());
        notes.AddRange(data.Notes);
        var (train, evaluation, setAside) = Splits(catalog, data, request, csv is not null, cancellationToken);
        if (part is not null) (train, evaluation) = (part(train, "train"), evaluation is null ? null : part(evaluation, "evaluation"));

        var cache = new PackCache(request.CacheDirectory);
        var options = new PackOptions { Side = request.ImageSize, Limits = request.Limits, Workers = request.Workers };
        PackedImages? trainPack = null;
        PackedImages? evaluationPack = null;
        try
        {
            (trainPack, var trainOwn, var cached) = cache.GetOrBuild(data.Name + "-train", train, options, progress, cancellationToken);
            if (trainPack.Count < request.FewestTrainImages)
                throw TooFew(request.Data, trainPack.Count, request.FewestTrainImages, trainPack.Skipped);
            var evaluationOwn = EvaluationLabels.None(0);
            if (evaluation is not null)
            {
                // Both splits are looked at by the same network: the evaluation images get the training images' size.
                (evaluationPack, evaluationOwn, var evaluationCached) =
                    cache.GetOrBuild(
                        data.Name + "-evaluation", evaluation, options with { Side = trainPack.Height }, progress, cancellationToken);
                cached &= evaluationCached;
            }

            var (names, unknownKeys) = Names(request.Labels, csv, trainPack, trainOwn, evaluationPack, evaluationOwn);
            if (unknownKeys > 0)
                notes.Add($"{Plural.Of(unknownKeys, "key")} of {request.Labels} without an image");
            var shared = evaluationPack?.CountSharedWith(trainPack) ?? 0;
            if (shared > 0)
                notes.Add($"{Plural.Of(shared, "evaluation image")} also among the training images");
            var known = names.SelectMany(split => split).OfType<string>();
            string[] classes = [.. known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            return new PreparedData
            {
                Train = trainPack,
                Evaluation = evaluationPack,
                TrainLabels = Sealed(trainPack, names[0], classes, request.Labels),
                EvaluationLabels = evaluationPack is null ? null : Sealed(evaluationPack, names[1], classes, request.Labels),
                Skipped = [.. trainPack.Skipped, .. evaluationPack?.Skipped ?? []],
                Duplicates = trainPack.Duplicates + (evaluationPack?.Duplicates ?? 0),
                FromCache = cached,
                SetAside = setAside,
                Notes = notes,
            };
        }
        catch
        {
            trainPack?.Dispose();
            evaluationPack?.Dispose();
            throw;
        }
    }

    /// <summary>Too few images to train on.</summary>
    /// <param name="data">What was named.</param>
    /// <param name="images">How many there are.</param>
    /// <param name="needed">How many are needed.</param>
    /// <param name="skipped">Images that were left out.</param>
    internal static AutodidactException TooFew(string data, int images, int needed, IReadOnlyList<SkippedImage> skipped)
    {
        var left = skipped.Count == 0 ? ""
            : $" beside {skipped.Count} that cannot be decoded (first: {skipped[0].Key}: {OneLine.From(skipped[0].Reason)})";
        return new AutodidactException(
            FailureKind.Data,
            $"{data}: {Plural.Of(images, "image")} to train on{left}: at least {needed} are needed, and some hundreds to learn anything");
    }

    private static (IImageSource Train, IImageSource? Evaluation, bool SetAside) Splits(
        DataCatalog catalog, DataSources data, DataRequest request, bool csvLabels, CancellationToken cancellationToken)
    {
        if (!request.WithEvaluation)
            return (data.Train, null, false);
        var (train, evaluation, setAside) = (data.Train, data.Evaluation, false);

        // Whether images are set aside depends on the layout and the options, never on what the labels say.
        var divide = request.SetAside ?? (request.EvaluationData is null && request.EvaluationShare == 0 && (data.Labelled || csvLabels));
        if (divide && data.Evaluation is null && data.Train is ListedSource { Items.Count: > 1 } listed)
        {
            var (kept, aside) = HoldOut.Split([.. listed.Items.Select(item => item.Key)], request.EvaluationFraction, "evaluation");
            if (aside.Length > 0)
            {
                train = listed.With($"{listed.Description}:train", [.. kept.Select(i => listed.Items[i])]);
                evaluation = listed.With($"{listed.Description}:evaluation", [.. aside.Select(i => listed.Items[i])]);
                setAside = true;
            }
        }

        (train, var share) = TakeShare(train, request, cancellationToken);
        if (share is not null)
            evaluation = request.JoinEvaluationShare && evaluation is not null ? new JoinedSource(evaluation, share) : share;
        if (request.EvaluationData is not null)
        {
            var other = catalog.Resolve(request.EvaluationData, request, cancellationToken);
            evaluation = other.Evaluation ?? other.Train;
        }

        return (train, evaluation, setAside);
    }

    /// <summary>The images left to train on, and those set aside for evaluation; null for none.</summary>
    private static (IImageSource Train, IImageSource? Share) TakeShare(
        IImageSource source, DataRequest request, CancellationToken cancellationToken)
    {
        if (request.TrainImages == 0 && request.EvaluationShare == 0) return (source, null);
        var keys = PartSource.KeysOf(source, cancellationToken);
        var (rest, taken) = HoldOut.Split(keys, request.EvaluationShare, "share");
        if (request.TrainImages > rest.Length)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"data.train_images={request.TrainImages}: there are {rest.Length} training images"
                    + $"{(taken.Length > 0 ? $" beside {taken.Length} to evaluate on" : "")}: ask for fewer, or for 0 (all)");
        }

        if (request.TrainImages > 0)
        {
            var (_, subset) = HoldOut.Split([.. rest.Select(i => keys[i])], request.TrainImages, "subset");
            rest = [.. subset.Select(i => rest[i])];
        }

        return (
            PartSource.Of(source, "part", keys, rest),
            taken.Length == 0 ? null : PartSource.Of(source, "share", keys, taken));
    }

    private static (IReadOnlyList<string?[]> Names, int UnknownKeys) Names(
        LabelSource source,
        LabelCsv? csv,
        PackedImages train,
        EvaluationLabels trainOwn,
        PackedImages? evaluation,
        EvaluationLabels evaluationOwn)
    {
        if (csv is not null)
            return csv.Match(Keys(train), evaluation is null ? [] : Keys(evaluation));
        return source is LabelSource.OwnLabels
            ? ([OwnNames(trainOwn), OwnNames(evaluationOwn)], 0)
            : ([new string?[train.Count], new string?[evaluation?.Count ?? 0]], 0);
    }

    private static string?[] OwnNames(EvaluationLabels labels) =>
        [.. Enumerable.Range(0, labels.Count).Select(i => labels[i] < 0 ? null : labels.Classes[labels[i]])];

    private static string[] Keys(PackedImages pack) => [.. Enumerable.Range(0, pack.Count).Select(pack.Key)];

    /// <summary>The name tells the label source and the content. Stages' fingerprints hold it, so it stays as it is.</summary>
    private static SealedLabels Sealed(PackedImages pack, string?[] names, IReadOnlyList<string> classes, LabelSource source)
    {
        var content = new StringBuilder().AppendJoin('\n', classes).Append('\0').AppendJoin('\n', names);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.ToString())).AsSpan(0, 6));
        var kind = source switch { LabelSource.CsvLabels => "csv", LabelSource.OwnLabels => "folders", _ => "none" };
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(pack.Path)}.labels-{kind}-{hash}.json");
        return new SealedLabels(name, EvaluationLabels.FromNames(names, classes));
    }

    private static IImageSource SyntheticSet(int count, ulong seed, string split) => new SyntheticSource(count, seed, split);
}
