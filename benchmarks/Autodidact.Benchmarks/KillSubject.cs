using System.Text.RegularExpressions;

namespace Autodidact.Benchmarks;

/// <summary>A command to kill: the state it starts from, and what its result is.</summary>
internal abstract partial class KillSubject
{
    private static readonly string[] _artefacts =
    [
        "encoder.safetensors", "features.npy", "clusters.safetensors", "pseudo-labels.csv", "student.safetensors", "predictions.npy",
    ];

    private readonly string _before;

    private KillSubject(string name, string folder)
    {
        Name = name;
        Home = Path.Combine(folder, name);
        _before = Path.Combine(folder, $"{name}-before");
        Directory.CreateDirectory(_before);
    }

    /// <summary>Its name in options and messages.</summary>
    public string Name { get; }

    /// <summary>The folder that the command works in.</summary>
    public string Home { get; }

    /// <summary>The arguments after <c>autodidact</c>.</summary>
    public abstract IReadOnlyList<string> Arguments { get; }

    /// <summary>All of them; each is made when it is asked for.</summary>
    /// <param name="folder">Where to work.</param>
    public static IEnumerable<KillSubject> All(string folder)
    {
        yield return new Training(folder, "run", finished: false);
        yield return new Training(folder, "resume", finished: true);
        yield return new Exporting(folder);
        yield return new Embedding(folder);
        yield return new Comparing(folder);
    }

    /// <summary>The result as text, to compare: what a user would see of it.</summary>
    public abstract string State();

    /// <summary>Whether a state that is neither old nor new may be: a part of the new one.</summary>
    /// <param name="state">The state.</param>
    /// <param name="end">The new state.</param>
    public virtual bool IsBetween(string state, string end) => false;

    /// <summary>Puts the folder into the state before the command; the first time it makes that state.</summary>
    public void Reset()
    {
        if (!Directory.EnumerateFileSystemEntries(_before).Any())
        {
            Begin(_before);
        }

        if (Directory.Exists(Home))
        {
            Directory.Delete(Home, recursive: true);
        }

        Copy(_before, Home);
    }

    /// <summary>Every file, identifiers and numbers left out of names that may differ from run to run.</summary>
    public IReadOnlyList<string> Files() =>
    [
        .. Directory.EnumerateFileSystemEntries(Home, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Home, path))
            .Select(path => path.Contains("tensorboard", StringComparison.Ordinal) ? Number().Replace(path, "#") : path)
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Makes the state before the command.</summary>
    /// <param name="folder">An empty folder.</param>
    protected abstract void Begin(string folder);

    /// <summary>Settings of the smallest run.</summary>
    protected static IEnumerable<string> SmallRun(string name) =>
    [
        "run", "--out", name, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "5", "--set", "data.synthetic_train=200",
        "--set", "data.synthetic_test=100", "--set", "data.holdout=0.1", "--set", "pretrain.epochs=2", "--set", "pretrain.batch_size=64",
        "--set", "distill.epochs=2", "--set", "distill.batch_size=64", "--set", "export.measure_seconds=0",
    ];

    /// <summary>Names and digests of a run's artefacts, as far as they are there.</summary>
    /// <param name="run">The run directory.</param>
    protected static IEnumerable<string> Artefacts(string run) => _artefacts.Select(name => Path.Combine(run, name)).Where(File.Exists)
        .Select(path => $"{Path.GetFileName(path)} {Content.Digest(path)}");

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();

    /// <summary>A run from nothing; or a finished one that goes on, for longer, from its checkpoints.</summary>
    private sealed class Training(string folder, string name, bool finished) : KillSubject(name, folder)
    {
        public override IReadOnlyList<string> Arguments =>
            finished ? ["distill", "mine", "--set", "distill.epochs=4"] : [.. SmallRun("mine")];

        public override string State() => string.Join('\n', Artefacts(Path.Combine(Home, "mine")));

        public override bool IsBetween(string state, string end) => finished
            ? state.Split('\n').Except(end.Split('\n')).All(line => line.StartsWith("student", StringComparison.Ordinal)
                || line.StartsWith("predictions", StringComparison.Ordinal))
            : !state.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except(end.Split('\n')).Any();

        protected override void Begin(string folder)
        {
            if (finished)
            {
                Command.Run(folder, SmallRun("mine"));
            }
        }
    }

    /// <summary>An export with 8-bit graphs in the place of one without.</summary>
    private sealed class Exporting(string folder) : KillSubject("export", folder)
    {
        public override IReadOnlyList<string> Arguments => ["export", "mine", "--int8"];

        public override string State() => string.Join(
            '\n',
            Command.Run(Home, "predict", "mine", "pictures", "--format", "csv", "--exit", "2"),
            string.Join('\n', Directory.EnumerateFiles(Path.Combine(Home, "mine", "model"), "*.onnx", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).Select(path => $"{Path.GetRelativePath(Home, path)} {Content.Digest(path)}")));

        protected override void Begin(string folder)
        {
            Pictures.Write(Path.Combine(folder, "pictures"), 20, 3);
            Command.Run(folder, SmallRun("mine"));
            Command.Run(folder, "export", "mine");
        }
    }

    /// <summary>An index in the place of an earlier one, of other pictures.</summary>
    private sealed class Embedding(string folder) : KillSubject("embed", folder)
    {
        public override IReadOnlyList<string> Arguments =>
            ["embed", "mine", "pictures", "--out", "all.npy", "--force", "--index", "always"];

        public override string State() => Command.Run(Home, "search", "mine", "all.npy", "others/000.png", "--format", "csv");

        protected override void Begin(string folder)
        {
            Pictures.Write(Path.Combine(folder, "pictures"), 40, 3);
            Pictures.Write(Path.Combine(folder, "others"), 40, 4);
            Command.Run(folder, SmallRun("mine"));
            Command.Run(folder, "export", "mine");
            Command.Run(folder, "embed", "mine", "others", "--out", "all.npy", "--index", "always");
        }
    }

    /// <summary>An experiment of two variants, which share their encoder.</summary>
    private sealed class Comparing(string folder) : KillSubject("experiment", folder)
    {
        public override IReadOnlyList<string> Arguments => ["experiment", "two.json"];

        public override string State() => string.Join(
            '\n',
            Directory.Exists(Path.Combine(Home, "two"))
                ? Directory.EnumerateFiles(Path.Combine(Home, "two"), "run.json", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal).SelectMany(path => Artefacts(Path.GetDirectoryName(path)!)
                        .Select(line => $"{Path.GetRelativePath(Home, Path.GetDirectoryName(path)!)} {line}"))
                : []);

        public override bool IsBetween(string state, string end) =>
            !state.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except(end.Split('\n')).Any();

        protected override void Begin(string folder) => File.WriteAllText(
            Path.Combine(folder, "two.json"),
            """
            {
              "name": "two", "seeds": [1], "baseline": "plain", "metrics": ["exits.4.knn", "cluster.nmi"],
              "base": {
                "encoder_arch": "resnet10-w8-cifar-pool", "clusters": 5,
                "set": ["data.synthetic_train=200", "data.synthetic_test=100", "data.holdout=0.1", "pretrain.epochs=2",
                  "pretrain.batch_size=64", "distill.epochs=2", "distill.batch_size=64"]
              },
              "variants": [{ "name": "plain" }, { "name": "slow", "set": ["distill.optimizer.learning_rate=0.01"] }]
            }
            """);
    }
}
