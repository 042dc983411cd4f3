using Autodidact.Distillation;
using Autodidact.Pretraining;

namespace Autodidact.Pipeline;

/// <summary>What a user asks for, as the command line takes it; null leaves the preset's value. <see cref="RunOptions.Resolve"/> makes options of it.</summary>
public sealed record RunRequest
{
    /// <summary>Target set: a folder, a zip, a CIFAR binary folder, or <c>synthetic</c>.</summary>
    public string? Data { get; init; }

    /// <summary>Set to pre-train on, if not the target set.</summary>
    public string? PretrainData { get; init; }

    /// <summary>Set to evaluate on, if not the target set's own test part.</summary>
    public string? EvaluationData { get; init; }

    /// <summary>Run directory; null makes <c>runs/&lt;data&gt;-&lt;n&gt;</c>.</summary>
    public string? Out { get; init; }

    /// <summary>Name of a preset.</summary>
    public string? Preset { get; init; }

    /// <summary>Wall-clock time for the whole run.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Pre-training method.</summary>
    public string? PretrainMethod { get; init; }

    /// <summary>Distillation method.</summary>
    public string? DistillMethod { get; init; }

    /// <summary>Encoder to use in place of pre-training.</summary>
    public string? Encoder { get; init; }

    /// <summary>Ready features in place of an encoder.</summary>
    public string? Features { get; init; }

    /// <summary>Ready features of the evaluation images.</summary>
    public string? EvaluationFeatures { get; init; }

    /// <summary>Architecture of the encoder.</summary>
    public string? EncoderArch { get; init; }

    /// <summary>Architecture of the student.</summary>
    public string? StudentArch { get; init; }

    /// <summary>Number of clusters, or <c>auto</c>.</summary>
    public string? Clusters { get; init; }

    /// <summary>Number of classes to expect.</summary>
    public int? Classes { get; init; }

    /// <summary>Where evaluation labels come from: <c>none</c>, <c>folders</c> or a CSV file.</summary>
    public string? Labels { get; init; }

    /// <summary>Fraction of the training images held out.</summary>
    public double? Holdout { get; init; }

    /// <summary>Seed of everything.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Further options as <c>name=value</c>, named as in run.json.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The same request with every path made absolute, so that it means the same from any working directory.</summary>
    public RunRequest WithFullPaths() => WithFullPaths(Directory.GetCurrentDirectory());

    /// <summary>The same request with every path made absolute.</summary>
    /// <param name="folder">Folder that relative paths start from, as a full path.</param>
    public RunRequest WithFullPaths(string folder) => this with
    {
        Data = FullData(Data, folder),
        PretrainData = FullData(PretrainData, folder),
        EvaluationData = FullData(EvaluationData, folder),
        Encoder = Encoder is null ? null : Path.GetFullPath(Encoder, folder),
        Features = Features is null ? null : Path.GetFullPath(Features, folder),
        EvaluationFeatures = EvaluationFeatures is null ? null : Path.GetFullPath(EvaluationFeatures, folder),
        Labels = FullLabels(Labels, folder),
        Set = [.. Set.Select(setting => FullSetting(setting, folder))],
    };

    private static string FullSetting(string setting, string folder)
    {
        var at = setting.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            return setting;
        }

        var value = setting[(at + 1)..].Trim();
        var full = Options.OptionBinder.NormalName(setting[..at]) switch
        {
            "data.source" or "data.pretrain" or "data.evaluation" => FullData(value, folder)!,
            "data.labels" => FullLabels(value, folder)!,
            "pretrain.encoder" or "distill.teacher" or "pretrain.features" or "pretrain.evaluation_features" when value.Length > 0 && !Options.NullTextAttribute.IsNull(value) => Path.GetFullPath(value, folder),
            _ => value,
        };
        return $"{setting[..at]}={full}";
    }

    private static string? FullData(string? data, string folder) =>
        string.IsNullOrEmpty(data) || data is Images.DataRequest.BuiltIn || Options.NullTextAttribute.IsNull(data) ? data : Path.GetFullPath(data, folder);

    private static string? FullLabels(string? labels, string folder) => labels is null || !DataOptions.IsLabelFile(labels) ? labels : Path.GetFullPath(labels, folder);
}
