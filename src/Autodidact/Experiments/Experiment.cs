using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>An experiment that was checked: every run of the grid, with its options and its run directory.</summary>
internal sealed class Experiment
{
    private const string NameSigns = "._+-=";
    private const int LongestName = 60;

    /// <summary>Most runs of a grid: a plan of them all is made, and shown, before the first begins.</summary>
    private const int MostRuns = 2_000;

    private Experiment(ExperimentFile file, string folder, IReadOnlyList<MetricColumn> metrics, IReadOnlyList<ExperimentCell> cells)
    {
        File = file;
        Folder = folder;
        Metrics = metrics;
        Cells = cells;
    }

    /// <summary>The file that asks for it.</summary>
    public ExperimentFile File { get; }

    /// <summary>Folder of results and runs.</summary>
    public string Folder { get; }

    /// <summary>The figures wanted.</summary>
    public IReadOnlyList<MetricColumn> Metrics { get; }

    /// <summary>Every run of the grid, seed by seed, so that the first seed compares all variants before the second begins.</summary>
    public IReadOnlyList<ExperimentCell> Cells { get; }

    /// <summary>Table of finished runs, a row each.</summary>
    public string ResultsPath => Path.Combine(Folder, "results.csv");

    /// <summary>Means, differences and cost.</summary>
    public string ReportPath => Path.Combine(Folder, "results.md");

    /// <summary>Reads and checks an experiment. Nothing is written.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="AutodidactException">
    /// Something in it cannot be: an unknown name, a value out of range, the same name twice.
    /// </exception>
    public static Experiment Load(string path)
    {
        var full = Path.GetFullPath(path);
        return Create(ExperimentFile.Load(path), Path.GetDirectoryName(full)!, path);
    }

    /// <summary>Checks an experiment.</summary>
    /// <param name="file">The file that asks for it.</param>
    /// <param name="home">Folder that relative paths start from, as a full path.</param>
    /// <param name="origin">Where it came from, for messages.</param>
    /// <exception cref="AutodidactException">Something in it cannot be; kind Usage.</exception>
    public static Experiment Create(ExperimentFile file, string home, string origin)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckName(file.Name, $"{origin}: name");
        if (file.Variants.Count == 0 || file.Seeds.Count == 0 || file.Metrics.Count == 0)
        {
            throw Refused(origin, "variants, seeds and metrics need one entry each at least: add some");
        }

        var runs = (long)file.Variants.Count * file.Seeds.Count;
        if (runs > MostRuns)
        {
            throw Refused(
                origin,
                FormattableString.Invariant($"{file.Variants.Count:N0} variants over {file.Seeds.Count:N0} seeds are {runs:N0} runs, ")
                + FormattableString.Invariant($"and {MostRuns:N0} is the most: divide it into several experiments"));
        }

        foreach (var variant in file.Variants) CheckName(variant.Name, $"{origin}: variant");

        // Run directories are named after variants, and some file systems do not tell capitals apart.
        CheckDistinct(file.Variants.Select(v => v.Name.ToLowerInvariant()), origin, "variant");
        CheckDistinct(file.Seeds.Select(s => $"{s}"), origin, "seed");
        CheckDistinct(file.Metrics, origin, "metric");
        if (file.Variants.All(v => v.Name != file.Baseline))
        {
            string[] known = [.. file.Variants.Select(v => v.Name)];
            throw Refused(
                origin,
                $"baseline '{file.Baseline}' is no variant{NearestNames.Hint(file.Baseline, known)} "
                + $"(variants: {string.Join(", ", known)})");
        }

        if (file.Base.Out is not null || file.Base.ValueOf("seed") is not null)
        {
            throw Refused(origin, "base: out and seed are the experiment's own: name the folder with out, the seeds with seeds");
        }

        if (file.Out is { } named && !PathOptionAttribute.CanBePath(named)) throw Refused(origin, "out: expected the path of a folder");
        var folder = Path.GetFullPath(file.Out ?? file.Name, home);
        var metrics = file.Metrics.Select(name => Within(origin, () => MetricColumn.Parse(name))).ToList();
        CheckDistinct(file.Comparisons.Select(c => c.Name), origin, "comparison");
        Within(origin, () =>
        {
            foreach (var comparison in file.Comparisons) comparison.Check([.. file.Variants.Select(v => v.Name)], metrics);
            return true;
        });
        var firsts = file.Variants
            .Select(variant => Within($"{origin}: variant {variant.Name}", () => Cell(file, variant, file.Seeds[0], folder, home)))
            .ToList();
        var cells = file.Seeds.SelectMany(_ => firsts, (seed, first) => first.WithSeed(seed, folder)).ToList();
        Within(origin, () =>
        {
            MetricCheck.Check(metrics, [.. cells.Where(c => c.Seed == file.Seeds[0]).Select(c => c.Options)]);
            return true;
        });
        foreach (var same in cells.Where(c => c.Seed == file.Seeds[0]).GroupBy(c => c.Configuration).Where(group => group.Count() > 1))
        {
            throw Refused(
                origin,
                $"variants {string.Join(" and ", same.Select(c => c.Variant))} have the same options: change or remove one of them");
        }

        return new Experiment(file, folder, metrics, cells);
    }

    private static ExperimentCell Cell(ExperimentFile file, ExperimentVariant variant, ulong seed, string folder, string home)
    {
        foreach (var setting in variant.Set.Where(s => OptionBinder.NormalName(s.Split('=')[0]) == "seed"))
        {
            throw new AutodidactException(FailureKind.Usage, $"{setting}: the seeds are the experiment's own: name them with seeds");
        }

        CheckDistinct(variant.Set.Select(s => OptionBinder.NormalName(s.Split('=')[0])), "set", "option");
        string[] set = [.. file.Base.Set, .. variant.Set, FormattableString.Invariant($"seed={seed}")];
        var request = (file.Base with { Set = set }).WithFullPaths(home);
        var options = RunOptions.Resolve(request);
        return new ExperimentCell(variant.Name, seed, ExperimentCell.Hash(options, home), options, request, "").WithSeed(seed, folder);
    }

    private static T Within<T>(string origin, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (AutodidactException e)
        {
            throw new AutodidactException(e.Kind, $"{origin}: {e.Message}", e);
        }
    }

    private static void CheckName(string name, string what)
    {
        if (name.Length is 0 or > LongestName
            || name[0] is '.' or '-'
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || NameSigns.Contains(c, StringComparison.Ordinal)))
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{what} '{name}': it names a folder: use letters, digits and {NameSigns}, at most {LongestName}, "
                + "and begin with neither . nor -");
        }
    }

    private static void CheckDistinct(IEnumerable<string> names, string origin, string what)
    {
        if (names.GroupBy(n => n).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Refused(origin, $"{what} '{twice.Key}' is there {twice.Count()} times: name each once");
        }
    }

    private static AutodidactException Refused(string origin, string what) => new(FailureKind.Usage, $"{origin}: {what}");
}

/// <summary>One run of the grid.</summary>
/// <param name="Variant">Name of its variant.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Configuration">Digest of its options, without the seed: see <see cref="Hash"/>.</param>
/// <param name="Options">Its options.</param>
/// <param name="Request">Request to the pipeline.</param>
/// <param name="Directory">Its run directory.</param>
internal sealed record ExperimentCell(
    string Variant, ulong Seed, string Configuration, RunOptions Options, RunRequest Request, string Directory)
{
    private const int HashDigits = 12;

    /// <summary>Its name in messages and tables.</summary>
    public string Name => FormattableString.Invariant($"{Variant}, seed {Seed}");

    /// <summary>The run of the same variant with another seed, on which nothing else depends.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="folder">The experiment's folder.</param>
    public ExperimentCell WithSeed(ulong seed, string folder)
    {
        var directory = Path.Combine(folder, "runs", FormattableString.Invariant($"{Variant}-seed{seed}-{Configuration}"));
        string[] set = [.. Request.Set.SkipLast(1), FormattableString.Invariant($"seed={seed}")];
        return this with
        {
            Seed = seed,
            Options = Options with { Seed = seed },
            Request = Request with { Set = set, Out = directory },
            Directory = directory,
        };
    }

    /// <summary>
    /// Digest of options: of what differs from the defaults, so that an option which a later version adds changes no digest. The seed
    /// stands beside it, a preset's name says nothing that its options do not, and paths count as seen from the experiment's folder:
    /// another machine's rows are rows of the same recipe.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="home">The experiment's folder, as a full path.</param>
    public static string Hash(RunOptions options, string home) => StageFingerprint.Of(
        OptionBinder.Diff(new RunOptions(), options)
            .Where(d => d.Name is not ("seed" or "preset"))
            .Select(d => $"{d.Name}={Portable(d.New, home)}"))[..HashDigits];

    private static string Portable(string value, string home) =>
        Path.IsPathFullyQualified(value) ? Path.GetRelativePath(home, value).Replace('\\', '/') : value;
}
