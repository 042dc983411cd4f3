using System.Collections;
using System.Reflection;
using Autodidact.Distillation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Images;
using Autodidact.Tests.Pretraining;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>
/// Everything follows the device of the network, shown without a GPU by torch's device <c>meta</c>, which holds shapes and no numbers.
/// libtorch has no convolution nor batch norm for it, so what is made and what a step does are tested apart. What is made is made for a
/// network on <c>meta</c>, and each tensor must lie there. A step is done on the CPU while torch makes tensors on <c>meta</c> unless it is
/// told where: one that does not follow the network meets it as a tensor of another device, and its numbers cannot be read.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class DevicePlacementTests
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Device Elsewhere = new(DeviceType.META);

    public static TheoryData<string> Pretrain => [.. PretrainMethods.All.Where(method => method.Trains).Select(method => method.Name)];

    public static TheoryData<string> Distill => [.. DistillMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Pretrain))]
    public void Should_Make_A_Pretraining_Where_Its_Encoder_Lies(string method) =>
        CheckMade(() => TinyPretraining.Objective(method, device: Elsewhere));

    [Theory]
    [MemberData(nameof(Distill))]
    public void Should_Make_A_Distillation_Where_Its_Student_Lies(string method) =>
        CheckMade(() => TinyDistillation.Objective(method, TinyDistillation.Student().On(Elsewhere)));

    [Theory]
    [MemberData(nameof(Pretrain))]
    public void Should_Pretrain_With_Tensors_Of_The_Network_Device_Alone(string method) =>
        CheckSteps(() => TinyPretraining.Objective(method));

    [Theory]
    [MemberData(nameof(Distill))]
    public void Should_Distill_With_Tensors_Of_The_Network_Device_Alone(string method) =>
        CheckSteps(() => TinyDistillation.Objective(method));

    [Theory]
    [InlineData("simclr", "local_views.count=2")]
    [InlineData("swav", "swav.queue=16", "swav.queue_from=0")]
    [InlineData("npid", "npid.negatives=8")]
    [InlineData("moco-v2", "moco.norm_groups=1", "moco.symmetric=false")]
    [InlineData("context-prediction", "context_prediction.drop_colors=false", "context_prediction.jitter=0")]
    public void Should_Pretrain_Otherwise_With_Tensors_Of_The_Network_Device_Alone(string method, params string[] set)
    {
        IObjective Make(Device? device) => TinyPretraining.Objective(method, options => With(options, set), device: device);
        CheckMade(() => Make(Elsewhere));
        CheckSteps(() => Make(null));
    }

    [Theory]
    [InlineData("sssd", "loss.targets=soft", "loss.clusterings=1")]
    [InlineData("sssd", "loss.targets=neighbours", "loss.confidence=1", "loss.neighbours=3", "loss.contrast=1")]
    [InlineData("sssd", "loss.encoder_feature_form=direction", "loss.hint_adaptation=true", "loss.teacher=ensemble")]
    [InlineData("sssd", "loss.encoder_feature_form=relations", "loss.hint_form=norm")]
    [InlineData("sssd", "loss.only_exit=2", "loss.encoder_feature=0")]
    [InlineData("compress", "compress.queues=two")]
    [InlineData("alternating", "alternating.classifiers=centroids", "alternating.start=warm")]
    public void Should_Distill_Otherwise_With_Tensors_Of_The_Network_Device_Alone(string method, params string[] set)
    {
        IObjective Make(Device? device) =>
            TinyDistillation.Objective(method, TinyDistillation.Student().On(device), options => With(options, set));
        CheckMade(() => Make(Elsewhere));
        CheckSteps(() => Make(null));
    }

    [Fact]
    public void Should_Take_Views_To_The_Device_Of_The_Network()
    {
        using var generator = new ViewGenerator(TinyProblem.ImageSet(), 1, new ViewGeneratorOptions { Workers = 1 });
        var plan = new BatchPlan(0, 0, [1, 2, 3], ViewSpec.SimClr(16, PixelNormalization.Cifar10));
        foreach (var batch in generator.Generate([plan], TestContext.Current.CancellationToken))
        {
            using (batch)
            {
                batch.Device = Elsewhere;
                Assert.Equal(DeviceType.META, batch.View(1).device_type);
                Assert.Equal([6, 3, 16, 16], batch.All.shape);
            }
        }
    }

    private static void CheckMade(Func<IObjective> create)
    {
        using var objective = create();
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options());
        var found = new Dictionary<string, Tensor>();
        Find(trainer, nameof(Trainer), found, new HashSet<object>(ReferenceEqualityComparer.Instance));
        Assert.NotEmpty(found);
        Assert.DoesNotContain(found, tensor => !IsCounter(tensor.Value) && tensor.Value.device_type != DeviceType.META);
    }

    private static void CheckSteps(Func<IObjective> create)
    {
        using var folder = new TemporaryDirectory();
        using var objective = create();
        using var again = create();
        set_default_device(Elsewhere);
        try
        {
            Train(objective, steps: 7);

            // Goes on from the checkpoint.
            Train(again, steps: 12);
        }
        finally
        {
            set_default_device(CPU);
        }

        Assert.All(
            again.Network.NamedState().Concat(again.State), tensor => Assert.Equal(DeviceType.CPU, tensor.Value.device_type));

        void Train(IObjective trained, long steps)
        {
            using var trainer = new Trainer(
                trained, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(steps, OptimizerKind.Lars, accumulation: 2))
            {
                Checkpoints = new CheckpointStore(folder.Root, "placed"),
                Features = TinyDistillation.Features,
            };
            Assert.Equal(steps, trainer.Run().Steps);
        }
    }

    private static T With<T>(T options, string[] set)
        where T : notnull =>
        set.Select(OptionAssignment.Parse).Aggregate(options, (all, one) => OptionBinder.Set(all, one.Name, one.Value));

    /// <summary>A number that code reads at each step lies on the CPU wherever the network is.</summary>
    private static bool IsCounter(Tensor tensor) => tensor.numel() == 1 && tensor.dtype == ScalarType.Int64;

    /// <summary>Every tensor that an object of this program holds, by the fields that lead there.</summary>
    private static void Find(object? value, string path, Dictionary<string, Tensor> found, HashSet<object> seen)
    {
        if (value is null or string or Pointer or IImageSet || value.GetType().IsPrimitive || !seen.Add(value)) return;
        if (value is Tensor tensor)
        {
            if (!tensor.IsInvalid) found[path] = tensor;
            return;
        }

        if (value is nn.Module module)
        {
            foreach (var (name, part) in module.NamedState()) found[$"{path}.{name}"] = part;
        }

        if (value is Delegate { Target: { } target }) Find(target, $"{path}()", found, seen);
        if (value is Array or IList or IDictionary)
        {
            if (value.GetType().GetElementType()?.IsPrimitive == true) return;
            var at = 0;
            foreach (var item in (IEnumerable)value) Find(item, $"{path}[{at++}]", found, seen);
            return;
        }

        var ours = value.GetType().Namespace?.StartsWith(nameof(Autodidact), StringComparison.Ordinal) == true;
        if (!ours && !value.GetType().IsGenericType) return;
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(Own))
            {
                if (!field.FieldType.IsPointer) Find(field.GetValue(value), $"{path}.{field.Name}", found, seen);
            }
        }
    }
}
