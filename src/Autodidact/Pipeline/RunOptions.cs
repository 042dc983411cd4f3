using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Options;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>Every setting of a run. The defaults are what the <c>cpu-small</c> preset has for any pre-training method; its own method and other presets are differences from them.</summary>
public sealed record RunOptions
{
    /// <summary>Options of stage one that are about training steps; a dot ends a group.</summary>
    private static readonly string[] OfTraining = ["pretrain.batch_size", "pretrain.budget_share", "pretrain.views.", "pretrain.second_view.", "pretrain.local_views.", "pretrain.optimizer."];

    private const string LossGroup = "distill.loss.";

    /// <summary>Preset the options started from.</summary>
    [Description("preset the options start from")]
    public string Preset { get; init; } = Presets.Default;

    /// <summary>Seed of everything random.</summary>
    [Description("seed of everything random")]
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of libtorch; part of what makes a run repeatable.</summary>
    [Description("threads of the tensor library; 0 is one a physical core, or fewer for a run that begins while other programs hold some")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>What networks compute with while they are trained.</summary>
    [Description("arithmetic of training: single, mixed (bfloat16 inside the networks; faster on processors that have it), or auto: mixed where it is faster")]
    public PrecisionOption Precision { get; init; } = PrecisionOption.Auto;

    /// <summary>Wall-clock time for the whole run; stages without a number of epochs share it.</summary>
    [Description("wall-clock time of the whole run (30m, 1h30m), shared by the stages whose epochs are not set")]
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Longest time between two checkpoints; one is also written after each epoch.</summary>
    [Description("longest time between two checkpoints (2m, 90s); one is also written after each epoch")]
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The data.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Stage one.</summary>
    public PretrainOptions Pretrain { get; init; } = new();

    /// <summary>Stage two.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Stage three.</summary>
    public DistillOptions Distill { get; init; } = new();

    /// <summary>Measurement.</summary>
    public EvaluateOptions Evaluate { get; init; } = new();

    /// <summary>ONNX.</summary>
    public ExportOptions Export { get; init; } = new();

    /// <summary>Preset, then flags, then <c>--set</c>, checked.</summary>
    /// <param name="request">What the user asked for.</param>
    /// <exception cref="AutodidactException">An unknown name or a value out of range; kind Usage.</exception>
    public static RunOptions Resolve(RunRequest request)
    {
        var sets = request.Set.Select(Split).ToList();
        string? Asked(string name) => sets.LastOrDefault(s => s.Name == name).Value;
        var data = Asked("data.source") ?? request.Data ?? new DataOptions().Source;
        var preset = Asked("preset") ?? request.Preset ?? (data == Images.DataRequest.BuiltIn ? Presets.Demonstration : Presets.Default);
        var options = Presets.Get(preset, Asked("pretrain.method") ?? request.PretrainMethod);
        var distillMethod = Asked("distill.method") ?? request.DistillMethod;
        if (distillMethod is not null)
        {
            var method = DistillMethods.Get(distillMethod);
            options = options with
            {
                Distill = options.Distill with
                {
                    Method = distillMethod,
                    Loss = method.Loss ?? new SelfDistillationOptions(),
                    Branch = method.Branch ?? options.Distill.Branch,
                    Attention = method.Attention ?? options.Distill.Attention,
                },
            };
        }

        void Apply(string name, object? value)
        {
            if (value is not null)
            {
                options = OptionBinder.Set(options, name, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!);
            }
        }

        Apply("data.source", request.Data);
        Apply("data.pretrain", request.PretrainData);
        Apply("data.evaluation", request.EvaluationData);
        Apply("data.labels", request.Labels);
        Apply("data.holdout", request.Holdout);
        Apply("seed", request.Seed);
        Apply("pretrain.method", request.PretrainMethod);
        Apply("pretrain.encoder", request.Encoder);
        Apply("pretrain.features", request.Features);
        Apply("pretrain.evaluation_features", request.EvaluationFeatures);
        Apply("pretrain.arch", request.EncoderArch);
        Apply("distill.arch", request.StudentArch);
        Apply("cluster.k", request.Clusters == "auto" ? "0" : request.Clusters);
        Apply("cluster.classes", request.Classes);
        if (request.Budget is { } budget)
        {
            options = options with
            {
                Budget = budget,
                Pretrain = options.Pretrain with { Epochs = 0 },
                Distill = options.Distill with { Epochs = 0 },
            };
        }

        foreach (var (name, value) in sets)
        {
            Apply(name, value);
        }

        RefuseUnread("pretrain", options.Pretrain.Method, sets.Select(s => s.Name), PretrainMethods.All.Select(m => (m.Name, m.OptionGroups)));
        RefuseTraining(PretrainMethods.Get(options.Pretrain.Method), sets.Select(s => s.Name));
        const string biasScale = "pretrain.barlow_twins.bias_gradient_scale";
        if (Asked(biasScale) is not null && options.Pretrain.Optimizer.Kind == OptimizerKind.AdamW)
        {
            throw new AutodidactException(FailureKind.Usage, $"{biasScale}: adam-w divides gradients by their own size and does not feel it: leave it out, or choose pretrain.optimizer.kind=sgd or lars");
        }

        RefuseUnreadByOneExit(options.Distill.Loss, sets.Select(s => s.Name));
        RefuseUnread("distill", options.Distill.Method, sets.Select(s => s.Name), DistillMethods.All.Select(m => (m.Name, m.OptionGroups)));
        DependentOptions.Refuse(options, sets.Select(s => s.Name));

        // One spelling each, since they are compared.
        options = options with
        {
            Pretrain = options.Pretrain with { Arch = Canonical(options.Pretrain.Arch) },
            Distill = options.Distill with { Arch = options.Distill.Arch is { } student ? Canonical(student) : null },
        };
        if (options.Pretrain is { EncoderKind: EncoderKind.Network, Encoder: { } file } && File.Exists(file))
        {
            var description = Models.EncoderFile.Describe(file);
            var architecture = description.Architecture.ToString();
            if ((Asked("pretrain.arch") ?? request.EncoderArch) is { } asked && Canonical(asked) != architecture)
            {
                // Where a stem had to be guessed, the user knows better; a wrong name shows when the weights are read.
                architecture = !description.Certain ? Canonical(asked) : throw new AutodidactException(FailureKind.Usage, $"--encoder-arch {asked}: {file} holds a {architecture}: leave --encoder-arch out, or name another file");
            }

            options = options with { Pretrain = options.Pretrain with { Arch = architecture } };
        }

        Check(options);
        return options;
    }

    private static string Canonical(string architecture) => Models.Architecture.Parse(architecture).ToString();

    private static (string Name, string Value) Split(string setting)
    {
        var at = setting.IndexOf('=');
        return at > 0
            ? (OptionBinder.NormalName(setting[..at]), setting[(at + 1)..].Trim())
            : throw new AutodidactException(FailureKind.Usage, $"--set {setting}: expected name=value, such as pretrain.epochs=3");
    }

    /// <summary>An option of another method would do nothing. Only what was asked for is looked at: presets may hold settings of methods that are not chosen.</summary>
    private static void RefuseUnread(string stage, string method, IEnumerable<string> asked, IEnumerable<(string Name, IReadOnlyList<string> Groups)> methods)
    {
        var readers = methods.SelectMany(m => m.Groups, (m, group) => (Group: $"{stage}.{group}.", m.Name)).ToLookup(r => r.Group, r => r.Name);
        foreach (var name in asked)
        {
            if (readers.FirstOrDefault(r => name.StartsWith(r.Key, StringComparison.Ordinal)) is { } group && !group.Contains(method))
            {
                throw new AutodidactException(FailureKind.Usage, $"{name}: {method} does not read it: leave it out, or choose {stage}.method={string.Join(" or ", group)}");
            }
        }
    }

    /// <summary>One exit alone is trained by cross entropy with the targets, so that nothing else of the loss is read.</summary>
    private static void RefuseUnreadByOneExit(SelfDistillationOptions loss, IEnumerable<string> asked)
    {
        string[] read = ["only_exit", "targets", "target_temperature", "neighbours", "confidence", "label_smoothing"];
        if (loss.OnlyExit != 0 && asked.FirstOrDefault(name => name.StartsWith(LossGroup, StringComparison.Ordinal) && !read.Contains(name[LossGroup.Length..])) is { } unread)
        {
            throw new AutodidactException(FailureKind.Usage, $"{unread}: only_exit trains one exit by cross entropy alone, which does not read it: leave it out, or set distill.loss.only_exit=0");
        }
    }

    /// <summary>
    /// What is about training steps would do nothing for a method that makes none. Epochs are left to the stage, which says that there are none: a list of settings for many methods to be compared
    /// over as many epochs has to serve all of them.
    /// </summary>
    private static void RefuseTraining(PretrainMethod method, IEnumerable<string> asked)
    {
        if (!method.Trains && asked.FirstOrDefault(name => name != "pretrain.views.size" && OfTraining.Any(option => name.StartsWith(option, StringComparison.Ordinal))) is { } unread)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"{unread}: {method.Name} makes no training steps and does not read it: leave it out, or choose another pretrain.method");
        }
    }

    private static void Check(RunOptions options)
    {
        CheckCrop(options.Pretrain.Views, "pretrain");
        CheckCrop(options.Distill.Views, "distill");
        CheckViews(options.Pretrain);
        CheckLabels(options.Pretrain);
        CheckMethod(options.Distill, options.Pretrain.EncoderKind);
        if (options.Budget <= TimeSpan.Zero)
        {
            throw new AutodidactException(FailureKind.Usage, $"budget: expected a positive time such as 30m, got {options.Budget}");
        }

        if (options.CheckpointEvery <= TimeSpan.Zero)
        {
            throw new AutodidactException(FailureKind.Usage, $"checkpoint_every: expected a positive time such as 2m, got {options.CheckpointEvery}");
        }

        if (options.Data is { JoinEvaluationShare: true, EvaluationShare: 0 })
        {
            throw new AutodidactException(FailureKind.Usage, "data.join_evaluation_share: data.evaluation_share is 0, so there is nothing to join: set it too, or leave the option out");
        }

        EncoderNormalization.Parse(options.Pretrain.EncoderNormalization);
        CheckAdopted(options.Pretrain);
        if (options.Distill.FromEncoder == true && options.Pretrain.EncoderKind != EncoderKind.Network)
        {
            throw new AutodidactException(
                FailureKind.Usage, "distill.from_encoder: there is no network of ours to start from, the run takes an ONNX graph or ready features: leave the option out");
        }

        if (options.Distill.FromEncoder == true && options.Distill.Arch is { } arch && arch != options.Pretrain.Arch)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"distill.from_encoder: the student ({arch}) cannot start from an encoder of another architecture ({options.Pretrain.Arch}): set distill.from_encoder=false");
        }
    }

    private static void CheckLabels(PretrainOptions options)
    {
        var method = PretrainMethods.Get(options.Method);
        if ((options.Trains || options.Fits) && method.UsesLabels != options.AllowLabels)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                method.UsesLabels
                    ? $"pretrain.method={method.Name}: it trains on labels, so nothing that follows is a result without labels: set pretrain.allow_labels=true if that is meant"
                    : $"pretrain.allow_labels: {method.Name} reads no labels: leave the option out");
        }
    }

    private static void CheckViews(PretrainOptions options)
    {
        var method = PretrainMethods.Get(options.Method);
        if (options.SecondView != new SecondViewOptions() && method.Views(options) < 2)
        {
            throw new AutodidactException(FailureKind.Usage, $"pretrain.second_view: {method.Name} takes one view of an image: leave it out");
        }

        if (options.LocalViews != new LocalViewOptions() && !method.MultiCrop)
        {
            var takers = PretrainMethods.All.Where(m => m.MultiCrop).Select(m => m.Name);
            throw new AutodidactException(FailureKind.Usage, $"pretrain.local_views: {method.Name} takes none: leave it out, or choose one of {string.Join(", ", takers)}");
        }

        if (options.LocalViews != new LocalViewOptions() && options.LocalViews.Count == 0)
        {
            throw new AutodidactException(FailureKind.Usage, "pretrain.local_views: there are none: set pretrain.local_views.count too, or leave the others out");
        }

        if (options.LocalViews.ScaleMin > options.LocalViews.ScaleMax)
        {
            throw new AutodidactException(FailureKind.Usage, $"pretrain.local_views.scale_min: {options.LocalViews.ScaleMin} is more than scale_max, {options.LocalViews.ScaleMax}: swap them");
        }
    }

    private static void CheckCrop(ViewOptions options, string stage)
    {
        if (options.CropScale > options.CropScaleMax)
        {
            throw new AutodidactException(FailureKind.Usage, $"{stage}.views.crop_scale: {options.CropScale} is more than crop_scale_max, {options.CropScaleMax}: swap them, or set both");
        }
    }

    private static void CheckMethod(DistillOptions options, EncoderKind encoder)
    {
        var method = DistillMethods.Get(options.Method);
        if (method.UsesLabels != options.AllowLabels)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                method.UsesLabels
                    ? $"distill.method={method.Name}: it trains on labels, an upper bound to compare with and no result without labels: set distill.allow_labels=true if that is meant"
                    : $"distill.allow_labels: {method.Name} reads no labels: leave the option out");
        }

        if (!options.EveryExit && !method.KnowsNoExits)
        {
            throw new AutodidactException(FailureKind.Usage, $"distill.every_exit=false: {method.Name} is about exits: leave the option out, or take clusterfit");
        }

        if (options.Teacher is not null && !method.TakesTeacher)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"distill.teacher: {method.Name} takes no student as teacher: leave the option out, or choose one of {string.Join(", ", DistillMethods.All.Where(m => m.TakesTeacher).Select(m => m.Name))}");
        }

        if (method.RunsEncoder && options.Teacher is null && encoder != EncoderKind.Network)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"distill.method={method.Name}: it runs the encoder beside the student, and the run takes an ONNX graph or ready features: choose another method{(method.TakesTeacher ? ", or let a run's student teach (distill.teacher)" : "")}");
        }

        if (options.Teacher is not null && options.Loss is not { Targets: TargetForm.Hard, Confidence: 0, Clusterings: 0 })
        {
            throw new AutodidactException(
                FailureKind.Usage, "distill.loss: targets, confidence and clusterings are of the encoder's features, and a student teaches: leave them out, or leave distill.teacher out");
        }

        SelfDistillationRules.Check(options.Loss);
        if (method.UsesLabels && options.Loss.Targets == TargetForm.Soft)
        {
            throw new AutodidactException(FailureKind.Usage, $"distill.loss.targets=soft: the centroids are of clusters, and {method.Name} learns labels: leave the option out");
        }

        if (method.OwnClusters && !method.UsesLabels && options.Loss is not { Targets: TargetForm.Hard, Confidence: 0, Clusterings: 0 })
        {
            throw new AutodidactException(
                FailureKind.Usage, $"distill.loss: targets, confidence and clusterings are of the encoder's clusters, and {method.Name} makes others: leave them out, or choose another method");
        }

        if (method.Loss is null && options.Loss != new SelfDistillationOptions())
        {
            throw new AutodidactException(FailureKind.Usage, $"distill.loss: {method.Name} has weights of its own: set distill.{method.Name.Replace('-', '_')}.* instead");
        }
    }

    /// <summary>Options of adopted encoders that would do nothing are mistakes.</summary>
    private static void CheckAdopted(PretrainOptions options)
    {
        if (options.Features is not null && options.Encoder is not null)
        {
            throw new AutodidactException(FailureKind.Usage, "pretrain.features: there is an encoder too (pretrain.encoder): give one of them");
        }

        if (options.EvaluationFeatures is not null && options.Features is null)
        {
            throw new AutodidactException(FailureKind.Usage, "pretrain.evaluation_features: there are no features of the training images: give pretrain.features too");
        }

        if ((options.EncoderKind != EncoderKind.Graph || options.Fits) && (options.EncoderOutput is not null || options.EncoderSize > 0))
        {
            throw new AutodidactException(FailureKind.Usage, "pretrain.encoder_output and pretrain.encoder_size: they are of .onnx encoders: leave them out, or give one with --encoder");
        }

        if (options.Encoder is null && EncoderNormalization.Parse(options.EncoderNormalization) is not null)
        {
            throw new AutodidactException(FailureKind.Usage, "pretrain.encoder_normalization: there is no encoder file: leave it out, or give one with --encoder");
        }
    }
}
