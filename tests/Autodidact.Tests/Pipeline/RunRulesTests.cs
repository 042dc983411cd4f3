using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Pretraining;

namespace Autodidact.Tests.Pipeline;

/// <summary>The rules of all options, each beside its record.</summary>
public class RunRulesTests
{
    [Fact]
    public void Every_Rule_Should_Name_Options_That_Exist()
    {
        var names = OptionBinder.Describe(new RunOptions()).Select(option => option.Name).ToList();
        var rules = new RunOptions().AllRules().ToList();
        Assert.NotEmpty(rules);
        Assert.All(rules, one => Assert.All(one.Rule.Names(), name =>
        {
            var full = (one.Prefix + name).TrimEnd('.');
            Assert.True(names.Contains(full) || names.Exists(option => option.StartsWith($"{full}.", StringComparison.Ordinal)), full);
        }));
    }

    [Fact]
    public void Every_Preset_With_Every_Method_Should_Keep_All_Rules()
    {
        foreach (var preset in Presets.All)
        {
            Assert.All(PretrainMethods.All.Where(method => !method.UsesLabels), method => preset.With(method.Name).Check([]));
        }
    }

    [Fact]
    public void Should_Check_Options_Made_In_Code_As_Those_Of_A_Command()
    {
        var options = Presets.Get(Presets.Default).Options;
        options.Check([]);
        AssertRefused("distill.views.hue: it is read only where distill.views.jitter_probability is above 0", options with
        {
            Distill = options.Distill with { Views = options.Distill.Views with { Hue = 0.3, JitterProbability = 0 } },
        });
        AssertRefused(
            "option pretrain.batch_size: expected an integer, 2 to 65536; got '1'",
            options with { Pretrain = options.Pretrain with { BatchSize = 1 } });
        AssertRefused("pretrain.views.crop_scale: 0.9 is more than crop_scale_max, 0.5", options with
        {
            Pretrain = options.Pretrain with { Views = options.Pretrain.Views with { CropScale = 0.9, CropScaleMax = 0.5 } },
        });
        var loss = DistillMethods.Get("clusterfit").Loss!;
        var clusterFit = options with
        {
            Distill = options.Distill with { Method = "clusterfit", Methods = options.Distill.Methods.With(loss) },
        };
        AssertRefused(
            "distill.loss.only_exit: there is no exit 9, the student has 4 exits: choose one of them",
            clusterFit with { Distill = clusterFit.Distill with { Methods = clusterFit.Distill.Methods.With(loss with { OnlyExit = 9 }) } },
            clusterFit);
        AssertRefused("budget: expected a positive time", options with { Budget = TimeSpan.Zero });
    }

    private static void AssertRefused(string message, RunOptions options, RunOptions? start = null)
    {
        var changes = OptionBinder.Diff(start ?? Presets.Get(Presets.Default).Options, options).Select(difference => difference.Name);
        var refused = Assert.Throws<AutodidactException>(() => options.Check([.. changes]));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }
}
