using System.Text.Json.Nodes;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Configuration;

public class RunOptionsTests
{
    [Fact]
    public void Should_Take_The_Preset_Then_Each_Value_In_Its_Order()
    {
        var options = RunOptions.Resolve(new RunRequest
        {
            Set = ["preset=cifar-resnet18", "cluster.k=50", "seed=9", "cluster.k=60", "pretrain.optimizer.kind=sgd"],
        });
        Assert.Equal("resnet18-cifar", options.Pretrain.Arch);
        Assert.Equal(60, options.Cluster.K);
        Assert.Equal(9ul, options.Seed);
        Assert.Equal(OptimizerKind.Sgd, options.Pretrain.Optimizer.Kind);
    }

    [Fact]
    public void Should_Let_A_Budget_Replace_The_Presets_Epochs_But_Not_Those_The_User_Sets()
    {
        var options = RunOptions.Resolve(Read("""{ "preset": "cifar-resnet18", "budget": "30m", "set": ["distill.epochs=4"] }"""));
        Assert.Equal(0, options.Pretrain.Epochs);
        Assert.Equal(4, options.Distill.Epochs);
    }

    [Fact]
    public void Should_Set_The_Weights_A_Method_Stands_For_Before_Single_Ones()
    {
        var options = RunOptions.Resolve(new RunRequest { Set = ["distill.method=byot-journal", "distill.loss.temperature=4"] });
        Assert.False(options.Distill.Methods.Get<SelfDistillationOptions>().TemperatureSquared);
        Assert.True(options.Distill.Methods.Get<SelfDistillationOptions>().HintAdaptation);
        Assert.Equal(4, options.Distill.Methods.Get<SelfDistillationOptions>().Temperature);
    }

    [Theory]
    [InlineData("Distill.Method=scan")]
    [InlineData(" distill.method = scan")]
    public void Should_Set_A_Methods_Weights_However_Its_Option_Is_Spelt(string set)
    {
        var options = RunOptions.Resolve(new RunRequest { Set = [set] });
        Assert.Equal(
            ("scan", DistillMethods.Get("scan").Loss), (options.Distill.Method, options.Distill.Methods.Get<SelfDistillationOptions>()));
    }

    [Fact]
    public void Should_Start_From_A_Preset_Named_By_A_Set()
    {
        var options = RunOptions.Resolve(new RunRequest { Set = ["preset=cpu-small", "preset=cifar-resnet18"] });
        Assert.Empty(OptionBinder.Diff(Presets.Get("cifar-resnet18").Options, options));
    }

    [Fact]
    public void Should_Compare_Architectures_And_Not_Their_Spelling()
    {
        string[] set = ["pretrain.arch=resnet18-w64-imagenet", "distill.arch=resnet18", "distill.from_encoder=true"];
        var options = RunOptions.Resolve(new RunRequest { Set = set });
        Assert.Equal(("resnet18", "resnet18"), (options.Pretrain.Arch, options.Distill.Arch));
    }

    [Theory]
    [InlineData("pretrain.epoch=3", "pretrain.epochs")]
    [InlineData("pretrain.epochs=-1", "pretrain.epochs")]
    [InlineData("pretrain.epochs", "name=value")]
    [InlineData("distill.method=magic", "sssd")]
    [InlineData("pretrain.arch=vgg11", "resnet")]
    [InlineData("budget=0m", "budget")]
    [InlineData("data.join_evaluation_share=true", "nothing to join")]
    [InlineData("evaluate.linear.loss=hinge", "softmax, squared-hinge")]
    public void Should_Refuse_What_Means_Nothing(string set, string mentions)
    {
        var failure = Assert.Throws<AutodidactException>(() => RunOptions.Resolve(new RunRequest { Set = [set] }));
        Assert.Equal(FailureKind.Usage, failure.Kind);
        Assert.Contains(mentions, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Student_From_An_Encoder_Of_Another_Architecture()
    {
        var request = new RunRequest { Set = ["distill.arch=resnet18-cifar", "distill.from_encoder=true"] };
        Assert.Throws<AutodidactException>(() => RunOptions.Resolve(request));
    }

    [Fact]
    public void Every_Preset_Should_Survive_Being_Written_Down()
    {
        Assert.All(Presets.All, preset =>
            Assert.Empty(OptionBinder.Diff(preset.Options, OptionJson.FromJson<RunOptions>(OptionJson.ToJson(preset.Options), "test"))));
        Assert.All(Presets.All, preset => Assert.Equal(preset.Name, preset.Options.Preset));
    }

    [Theory]
    [InlineData("pretrain.encoder=e.onnx", "pretrain.features=f.npy", "give one of them")]
    [InlineData("pretrain.evaluation_features=f.npy", "seed=1", "give pretrain.features too")]
    [InlineData("pretrain.encoder_output=pooled", "seed=1", "of .onnx encoders")]
    [InlineData("pretrain.encoder=e.pth", "pretrain.encoder_size=224", "of .onnx encoders")]
    [InlineData("pretrain.encoder_normalization=clip", "seed=1", "no encoder file")]
    [InlineData("pretrain.encoder_channels=bgr", "seed=1", "no encoder file")]
    [InlineData("pretrain.encoder=e.onnx", "pretrain.encoder_channels=bgrx", "expected one of rgb, bgr")]
    [InlineData(
        "pretrain.encoder=e.onnx", "pretrain.encoder_normalization=0.5,0.5/1,1,1", "expected auto, imagenet, clip, half, unit, bytes")]
    [InlineData("pretrain.encoder=e.onnx", "pretrain.encoder_normalization=0,0,0/1,0,1", "expected auto")]
    [InlineData("pretrain.encoder=e.onnx", "distill.from_encoder=true", "no network of ours")]
    [InlineData("pretrain.features=f.npy", "distill.from_encoder=true", "no network of ours")]
    public void Should_Refuse_Options_Of_Encoders_That_Are_Not_There(string one, string other, string says)
    {
        var refused = Assert.Throws<AutodidactException>(() => RunOptions.Resolve(new RunRequest { Set = [one, other] }));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("distill.method=supervised", "seed=1", "trains on labels")]
    [InlineData("distill.method=supervised-self-distillation", "seed=1", "distill.allow_labels=true")]
    [InlineData("distill.method=sssd", "distill.allow_labels=true", "sssd reads no labels")]
    [InlineData("distill.method=kd", "distill.allow_labels=true", "kd reads no labels")]
    [InlineData("distill.method=sssd", "distill.every_exit=false", "sssd is about exits")]
    [InlineData(
        "distill.method=sssd",
        "distill.teacher=run",
        "sssd takes no student as teacher: leave the option out, or choose one of rkd, similarity-preserving, kd, fitnets")]
    [InlineData("distill.method=snapshot", "distill.teacher=run", "snapshot takes no student as teacher")]
    [InlineData(
        "distill.method=rkd distill.teacher=run", "distill.loss.targets=soft", "are of the encoder's features, and a student teaches")]
    [InlineData("distill.method=kd", "distill.loss.hard=0.5", "set distill.kd.* instead")]
    [InlineData("distill.method=data-distortion", "distill.loss.temperature=5", "set distill.data_distortion.* instead")]
    [InlineData("distill.method=kd", "pretrain.encoder=e.onnx", "or let a run's student teach (distill.teacher)")]
    [InlineData("distill.method=fitnets", "pretrain.features=f.npy", "fitnets runs the encoder beside the student")]
    [InlineData("pretrain.method=s4l", "seed=1", "trains on labels")]
    [InlineData("pretrain.method=simclr", "pretrain.allow_labels=true", "simclr reads no labels")]
    [InlineData(
        "pretrain.method=simclr",
        "pretrain.s4l.label_fraction=0.5",
        "simclr does not read it: leave it out, or choose pretrain.method=s4l")]
    [InlineData("pretrain.method=s4l", "pretrain.second_view.blur=0.1", "s4l takes one view")]
    [InlineData("pretrain.method=byol", "pretrain.local_views.count=2", "byol takes none")]
    [InlineData(
        "pretrain.views.crop_scale=0.3",
        "pretrain.views.crop_scale_max=0.25",
        "pretrain.views.crop_scale: 0.3 is more than crop_scale_max, 0.25")]
    [InlineData(
        "distill.views.crop_scale=0.3",
        "distill.views.crop_scale_max=0.25",
        "distill.views.crop_scale: 0.3 is more than crop_scale_max, 0.25")]
    [InlineData(
        "distill.method=sssd",
        "distill.compress.queues=two",
        "distill.compress.queues: sssd does not read it: leave it out, or choose distill.method=compress")]
    [InlineData(
        "distill.method=clusterfit",
        "distill.loss.temperature=4",
        "distill.loss.temperature: only_exit trains one exit by cross entropy alone")]
    [InlineData("distill.method=snapshot", "Distill.KD.Teacher-Temperature=0.2", "choose distill.method=kd or fitnets")]
    public void Should_Refuse_What_A_Distillation_Method_Does_Not_Know(string one, string other, string says)
    {
        var refused = Assert.Throws<AutodidactException>(() => RunOptions.Resolve(new RunRequest { Set = [.. one.Split(' '), other] }));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("adam-w", true)]
    [InlineData("lars", false)]
    public void Should_Refuse_A_Scale_Of_Gradients_That_The_Optimizer_Divides_Away(string kind, bool refused)
    {
        var request = new RunRequest
        {
            Set = ["pretrain.method=barlow-twins", $"pretrain.optimizer.kind={kind}", "pretrain.barlow_twins.bias_gradient_scale=0.024"],
        };
        var thrown = Record.Exception(() => RunOptions.Resolve(request));
        Assert.Equal(refused, thrown is AutodidactException { Kind: FailureKind.Usage });
        Assert.Equal(refused, thrown is not null);
    }

    [Theory]
    [InlineData("byot-journal", BranchDesign.Separable, true)]
    [InlineData("scan", BranchDesign.Bottleneck, true)]
    [InlineData("byot-unofficial", BranchDesign.Bottleneck, false)]
    [InlineData("sssd", BranchDesign.Bottleneck, false)]
    public void Should_Take_The_Branches_Of_A_Published_Form_Unless_Told_Otherwise(string method, BranchDesign branch, bool attention)
    {
        var options = RunOptions.Resolve(new RunRequest { Set = [$"distill.method={method}"] }).Distill;
        Assert.Equal((branch, attention), (options.Branch, options.Attention));
        options =
            RunOptions.Resolve(
                new RunRequest { Set = [$"distill.method={method}", "distill.branch=separable", "distill.attention=false"] }).Distill;
        Assert.Equal((BranchDesign.Separable, false), (options.Branch, options.Attention));
    }

    [Theory]
    [InlineData("clusterings=2 only_exit=2", "distill.loss.clusterings: only_exit")]
    [InlineData("contrast=1 only_exit=-1", "distill.loss.contrast: only_exit")]
    [InlineData("teacher=ensemble only_exit=1", "distill.loss.teacher: only_exit")]
    [InlineData("soft=0.5 only_exit=1", "distill.loss.soft: only_exit")]
    [InlineData("encoder_feature=1 only_exit=1", "distill.loss.encoder_feature: only_exit")]
    [InlineData("hint_form=norm only_exit=-1", "distill.loss.hint_form: only_exit")]
    [InlineData("teacher=ensemble soft=0", "distill.loss.teacher: at soft=0")]
    [InlineData("targets=soft label_smoothing=0.1", "distill.loss.label_smoothing: only hard")]
    [InlineData("targets=neighbours label_smoothing=0.1", "distill.loss.label_smoothing: only hard")]
    [InlineData("clusterings=1 classifiers_only=true", "distill.loss.clusterings: with classifiers_only")]
    [InlineData("classifiers_only=true encoder_feature=0", "distill.loss.classifiers_only: nothing would train the features")]
    [InlineData("targets=magic", "distill.loss.targets: expected one of hard, soft, neighbours")]
    public void Should_Refuse_Options_Of_The_Loss_That_Contradict_Each_Other(string settings, string says)
    {
        var refused = Assert.Throws<AutodidactException>(() => Loss(settings));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("distill.loss.hint_form=norm", "distill.loss.hint=0", "distill.loss.hint=0.1")]
    [InlineData("distill.loss.hint_adaptation=true", "distill.method=deep-supervision", "distill.method=sssd")]
    [InlineData("distill.loss.hint_skips_deep=1", "distill.loss.hint=0", "distill.loss.hint=0.1")]
    [InlineData("distill.loss.temperature=4", "distill.loss.soft=0", "distill.loss.soft=0.1")]
    [InlineData("distill.loss.temperature_squared=false", "distill.method=deep-supervision", "distill.method=scan")]
    [InlineData("distill.loss.encoder_feature_form=relations", "distill.method=sssd-reconstructed", "distill.method=sssd")]
    [InlineData("distill.loss.anchors=64", "distill.method=rkd", "distill.method=sssd")]
    [InlineData("distill.loss.anchor_temperature=0.1", "distill.method=sssd-reconstructed", "distill.method=sssd")]
    [InlineData("distill.loss.relations.angle=0", "distill.method=sssd", "distill.method=rkd")]
    [InlineData("distill.loss.similarities.weight=100", "distill.method=rkd", "distill.method=similarity-preserving")]
    [InlineData("distill.loss.target_temperature=0.2", "distill.loss.targets=neighbours", "distill.loss.targets=soft")]
    [InlineData("distill.loss.neighbours=5", "distill.loss.targets=soft", "distill.loss.confidence=1")]
    [InlineData("distill.loss.clustering_growth=3", "distill.loss.clusterings=0", "distill.loss.clusterings=1")]
    [InlineData("distill.loss.contrast_temperature=0.3", "distill.loss.contrast=0", "distill.loss.contrast=1")]
    [InlineData("distill.compress.momentum=0.9", "distill.method=compress", "distill.method=compress distill.compress.queues=two")]
    [InlineData("distill.kd.teacher_temperature=0.2", "distill.method=kd distill.teacher=run", "distill.method=kd")]
    [InlineData(
        "pretrain.swav.queue_from=0.5", "pretrain.method=swav pretrain.swav.queue=0", "pretrain.method=swav pretrain.swav.queue=20")]
    [InlineData(
        "pretrain.dino.teacher_temperature_start=0.02",
        "pretrain.method=dino",
        "pretrain.method=dino pretrain.dino.teacher_warmup_fraction=0.3")]
    [InlineData("pretrain.optimizer.trust_clip=false", "pretrain.optimizer.kind=sgd", "pretrain.optimizer.kind=lars")]
    [InlineData("distill.optimizer.trust_coefficient=0.01", "distill.optimizer.kind=adam-w", "distill.optimizer.kind=lars")]
    [InlineData("pretrain.views.grow_until=0.5", "pretrain.views.start_fraction=1", "pretrain.views.start_fraction=0.5")]
    [InlineData("distill.views.crop_scale_max=0.8", "distill.views.padding=0.125", "distill.views.padding=0")]
    [InlineData("distill.views.hue=0.2", "distill.views.jitter_probability=0", "distill.views.jitter_probability=0.5")]
    [InlineData("pretrain.views.jitter=0.2", "pretrain.views.jitter_probability=0", "pretrain.views.jitter_probability=0.5")]
    [InlineData("export.calibration_images=100", "export.int8=false", "export.int8=true")]
    [InlineData("export.int8_agreement=0.8", "export.int8=false", "export.int8=true")]
    public void Should_Refuse_An_Option_Where_Nothing_Reads_It_And_Take_It_Where_Something_Does(string option, string unread, string read)
    {
        var refused = Assert.Throws<AutodidactException>(() => RunOptions.Resolve(new RunRequest { Set = [option, .. unread.Split(' ')] }));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.StartsWith(
            $"{option[..option.IndexOf('=', StringComparison.Ordinal)]}: it is read only where ",
            refused.Message,
            StringComparison.Ordinal);
        RunOptions.Resolve(new RunRequest { Set = [option, .. read.Split(' ')] });
    }

    [Theory]
    [InlineData("distill.method=supervised", "distill.allow_labels=true")]
    [InlineData("distill.method=rkd", "distill.teacher=run")]
    [InlineData("distill.method=kd", "distill.teacher=run")]
    [InlineData("distill.method=fitnets", "distill.every_exit=false")]
    [InlineData("distill.method=sssd", "distill.loss.hard=0.5")]
    [InlineData("distill.method=s2sd", "distill.s2sd.similarity.weight=10")]
    public void Should_Take_What_A_Distillation_Method_Knows(string one, string other) =>
        RunOptions.Resolve(new RunRequest { Set = [one, other] });

    [Theory]
    [InlineData("pretrain.batch_size=256", "pretrain.batch_size")]
    [InlineData("pretrain.budget_share=0.5", "pretrain.budget_share")]
    [InlineData("Pretrain.Optimizer.Learning-Rate=0.1", "pretrain.optimizer.learning_rate")]
    [InlineData("pretrain.views.blur=0.5", "pretrain.views.blur")]
    [InlineData("pretrain.second_view.blur=0.5", "pretrain.second_view.blur")]
    [InlineData("pretrain.local_views.count=2", "pretrain.local_views.count")]
    public void Should_Refuse_What_A_Method_Without_Training_Steps_Does_Not_Read(string set, string name)
    {
        var refused = Assert.Throws<AutodidactException>(
            () => RunOptions.Resolve(new RunRequest { Set = ["pretrain.method=patch-kmeans", set] }));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Equal(
            $"{name}: patch-kmeans makes no training steps and does not read it: leave it out, or choose another pretrain.method",
            refused.Message);
    }

    /// <summary>
    /// A new option of stage one is either of training steps or read by methods that make none: it is to be decided which.
    /// </summary>
    [Fact]
    public void Should_Take_Of_Pretraining_Without_Steps_What_Is_Read_And_The_Epochs_Of_A_Comparison()
    {
        var defaults = new RunOptions { Pretrain = new() { Method = "patch-kmeans" } };
        var taken = OptionBinder.Describe(defaults)
            .Where(o => o.Name.StartsWith("pretrain.", StringComparison.Ordinal) && Taken(o))
            .Select(o => o.Name["pretrain.".Length..]);
        Assert.Equal(
            [
                "method", "arch", "encoder", "encoder_normalization", "encoder_channels", "encoder_output", "encoder_size", "features",
                "evaluation_features", "epochs", "views.size", "allow_labels",
                .. OptionBinder.Describe(new Autodidact.Pretraining.PatchKMeansOptions()).Select(o => $"patch_kmeans.{o.Name}"),
            ],
            taken);

        static bool Taken(OptionDescription option)
        {
            try
            {
                RunOptions.Resolve(new RunRequest { Set = ["pretrain.method=patch-kmeans", $"{option.Name}={option.Default}"] });
                return true;
            }
            catch (AutodidactException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Should_Let_A_Student_Teach_Where_The_Encoder_Cannot() =>
        RunOptions.Resolve(new RunRequest { Set = ["distill.method=kd", "pretrain.encoder=e.onnx", "distill.teacher=run"] });

    /// <summary>A method that reads no distill.loss option has a section of its own, which the refusal above names.</summary>
    [Fact]
    public void Every_Method_With_Weights_Of_Its_Own_Should_Have_A_Section() =>
        Assert.All(
            DistillMethods.All.Where(m => m.Loss is null),
            m => Assert.Contains(
                OptionBinder.Describe(new RunOptions()),
                o => o.Name.StartsWith($"distill.{m.Name.Replace('-', '_')}.", StringComparison.Ordinal)));

    /// <summary>An option that nobody names would be taken and read by nobody.</summary>
    [Fact]
    public void Every_Group_Of_Options_Should_Belong_To_A_Method() =>
        Assert.Equal(
            OptionBinder.Describe(new RunOptions())
                .Select(o => o.Name.Split('.')).Where(n => n is ["distill", not ("loss" or "views" or "optimizer"), _, ..])
                    .Select(n => n[1]).Distinct().Order(StringComparer.Ordinal),
            DistillMethods.All.SelectMany(m => m.OptionGroups).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("targets=soft classifiers_only=true")]
    [InlineData("targets=neighbours confidence=1 only_exit=2")]
    [InlineData("clusterings=3 label_smoothing=0.1 teacher=ensemble contrast=1")]
    public void Should_Take_Options_Of_The_Loss_That_Go_Together(string settings) => Loss(settings);

    [Fact]
    public void Should_Refuse_Centroids_As_Targets_Of_A_Method_That_Learns_Labels()
    {
        var refused = Assert.Throws<AutodidactException>(() => Loss("targets=soft", "supervised", "distill.allow_labels=true"));
        Assert.Contains("supervised learns labels", refused.Message, StringComparison.Ordinal);
        Loss("targets=neighbours", "supervised", "distill.allow_labels=true");
    }

    private static void Loss(string settings, string method = "sssd", params string[] more) =>
        RunOptions.Resolve(
            new RunRequest { Set = [$"distill.method={method}", .. settings.Split(' ').Select(s => $"distill.loss.{s}"), .. more] });

    private static RunRequest Read(string json) => OptionJson.FromJson<RunRequest>(JsonNode.Parse(json)!, "test");

    [Fact]
    public void Should_Read_Normalisations_By_Name_And_By_Number()
    {
        Assert.Null(EncoderNormalization.Parse("auto", EncoderChannels.Bgr));
        Assert.Equal(PixelNormalization.ImageNet, EncoderNormalization.Parse("ImageNet", EncoderChannels.Bgr));
        const string numbers = "0.5,0.25,0/1,2,0.5";
        Assert.Equal(
            new PixelNormalization(new(0.5f, 0.25f, 0), new(1, 2, 0.5f)), EncoderNormalization.Parse(numbers, EncoderChannels.Rgb));
        Assert.Equal(
            new PixelNormalization(new(0, 0.25f, 0.5f), new(0.5f, 2, 1)), EncoderNormalization.Parse(numbers, EncoderChannels.Bgr));
    }
}
