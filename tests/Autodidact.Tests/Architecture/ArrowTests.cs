using System.Text.RegularExpressions;
using System.Xml.Linq;
using static Autodidact.Tests.Architecture.Dependencies;

namespace Autodidact.Tests.Architecture;

/// <summary>Who may use whom. A failure lists the forbidden uses, one a line.</summary>
public partial class ArrowTests
{
    private static readonly Func<string, bool> Methods = In("Autodidact.Objectives", "Autodidact.Pretraining", "Autodidact.Distillation");

    /// <summary>Losses, modules and objectives: a method's folder without what its presets are and how it is chosen.</summary>
    private static readonly Func<string, bool> Objectives = name => Methods(name) && !Chosen().IsMatch(name);

    [GeneratedRegex(@"\.(\w+Settings|\w+Methods?|PublishedViews|PretrainOptions|DistillOptions|PretrainSetup|DistillSetup)($|[+/])")]
    private static partial Regex Chosen();

    [Fact]
    public void Core_Should_Know_Neither_Torch_Nor_Onnx() =>
        Assert.DoesNotContain(Core.GetReferencedAssemblies(), name =>
            name.Name!.Contains("Torch", StringComparison.OrdinalIgnoreCase)
                || name.Name.Contains("Onnx", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Library_Should_Not_Reach_Up_To_Programs() =>
        Assert.DoesNotContain(Library.GetReferencedAssemblies(), name =>
            name.Name!.StartsWith("Autodidact.", StringComparison.Ordinal)
                && name.Name is not "Autodidact.Core" and not "Autodidact.Inference");

    [Fact]
    public void Inference_Should_Know_No_Torch_And_Nothing_Of_Training() =>
        Assert.DoesNotContain(typeof(Autodidact.Inference.EarlyExitModel).Assembly.GetReferencedAssemblies(), name =>
            name.Name!.Contains("Torch", StringComparison.OrdinalIgnoreCase) || name.Name == "Autodidact");

    [Fact]
    public void Samples_Should_Reference_Inference_Alone()
    {
        var samples = Directory.GetFiles(Path.Combine(Repository.Root, "samples"), "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.Equal(
            ["Autodidact.Inference"],
            XDocument.Load(sample)
                .Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))));
    }

    [Fact]
    public void Models_Should_Know_No_Data_Sets() =>
        Assert.Empty(Between(In("Autodidact.Models"), In("Autodidact.Images", "Autodidact.Views")));

    [Fact]
    public void Models_Should_Not_Know_How_They_Are_Trained() =>
        Assert.Empty(Between(In("Autodidact.Models"),
            In(
                "Autodidact.Training", "Autodidact.Pretraining", "Autodidact.Distillation", "Autodidact.Evaluation",
                "Autodidact.Pipeline")));

    [Fact]
    public void Stages_Of_Methods_Should_Not_Know_Each_Other()
    {
        Assert.Empty(Between(In("Autodidact.Pretraining"), In("Autodidact.Distillation")));
        Assert.Empty(Between(In("Autodidact.Distillation"), In("Autodidact.Pretraining")));
        Assert.Empty(Between(In("Autodidact.Objectives"), In("Autodidact.Pretraining", "Autodidact.Distillation")));
    }

    [Fact]
    public void Methods_Should_Know_No_Pipeline() =>
        Assert.Empty(Between(Methods, In("Autodidact.Pipeline", "Autodidact.Experiments", "Autodidact.Cli")));

    [Fact]
    public void Objectives_Should_Know_No_Data_Sets() => Assert.Empty(Between(Objectives, In("Autodidact.Images")));

    [Fact]
    public void Objectives_Should_Know_No_Optimizers() =>
        Assert.Empty(Between(Objectives, name =>
            Named("Autodidact.Training.Sgd", "Autodidact.Training.AdamW", "Autodidact.Training.Lars")(name)
                || name.StartsWith("Autodidact.Training.Optimizer", StringComparison.Ordinal)
                || name.StartsWith("TorchSharp.torch+optim", StringComparison.Ordinal)));

    [Fact]
    public void Objectives_Should_Know_No_Trainer() =>
        Assert.Empty(Between(Objectives, name => name.StartsWith("Autodidact.Training.Trainer", StringComparison.Ordinal)));

    [Fact]
    public void Only_Training_Should_Own_Loops() =>
        Assert.Empty(Calls(
            from: name => !In("Autodidact.Training")(name),
            method: name => name.Contains("::backward(", StringComparison.Ordinal)
                || name.StartsWith("TorchSharp.torch+optim+Optimizer::step(", StringComparison.Ordinal)));

    [Fact]
    public void Only_Evaluation_Should_Read_Labels() =>
        Assert.Empty(Between(
            name => !In("Autodidact.Evaluation", "Autodidact.Images")(name),
            name => name.EndsWith(".EvaluationLabels", StringComparison.Ordinal)));

    [Fact]
    public void Only_Measuring_Stages_Should_Ask_Evaluation_For_Labels() =>
        Assert.Empty(Between(
            name => !In("Autodidact.Evaluation")(name)
                && !Named(
                    "Autodidact.Pipeline.StageRunner", "Autodidact.Stages.MeasureBaselines", "Autodidact.Stages.MeasureStudent",
                    "Autodidact.Stages.Observers")(name)
                && !Named("Autodidact.RunReports.RunFacts")(name) && name != "Autodidact.Stages.UpperBoundLabels",
            name => name.EndsWith(".LabelFiles", StringComparison.Ordinal) || name.EndsWith(".LabelledSplits", StringComparison.Ordinal)));

    // Upper bounds and semi-supervised methods train on labels: one door, that the training stages may open, for methods that are marked.
    [Fact]
    public void Only_Training_Stages_Should_Ask_For_The_Labels_Of_Upper_Bounds()
    {
        string[] stages = ["Autodidact.Stages.EncoderSetup", "Autodidact.Stages.StudentPlan"];
        var door = Named("Autodidact.Stages.UpperBoundLabels");
        Assert.All(stages, stage => Assert.NotEmpty(Between(name => name.StartsWith(stage, StringComparison.Ordinal), door)));
        Assert.Empty(Between(name => !stages.Any(stage => name.StartsWith(stage, StringComparison.Ordinal)) && !door(name), door));
    }

    [Fact]
    public void Only_Image_Sources_Should_See_Entries_That_Carry_Labels() =>
        Assert.Empty(Between(name => !In("Autodidact.Images")(name), Named("Autodidact.Images.ImageEntry")));

    [Fact]
    public void Native_Repair_Should_Stand_Alone() =>
        Assert.Empty(Between(In("Autodidact.Native"), name => name.StartsWith("Autodidact.", StringComparison.Ordinal)
            && !In("Autodidact.Native")(name) && !Named("Autodidact.AutodidactException", "Autodidact.FailureKind")(name)));

    [Fact]
    public void Reporting_Should_Draw_And_Know_Nothing_Of_What_It_Draws() =>
        Assert.Empty(Between(
            In("Autodidact.Reporting"),
            name => name.StartsWith("Autodidact.", StringComparison.Ordinal) && !In("Autodidact.Reporting")(name)));

    [Fact]
    public void Nothing_That_Trains_Should_Know_Reports() =>
        Assert.Empty(Between(
            name => !In("Autodidact.RunReports", "Autodidact.Cli")(name) && !Named(FrontDoor)(name), In("Autodidact.RunReports")));

    [Theory]
    [InlineData("Autodidact.Models")]
    [InlineData("Autodidact.Pretraining")]
    [InlineData("Autodidact.Distillation")]
    [InlineData("Autodidact.Objectives")]
    [InlineData("Autodidact.Training")]
    [InlineData("Autodidact.Images")]
    [InlineData("Autodidact.Evaluation")]
    [InlineData("Autodidact.Reporting")]
    [InlineData("Autodidact.RunReports")]
    public void Namespaces_The_Rules_Name_Should_Exist(string name) => Assert.NotEmpty(Between(In(name), _ => true));

    [Fact]
    public void Training_Should_Be_Seen_To_Own_Its_Loop() =>
        Assert.NotEmpty(Calls(In("Autodidact.Training"), name => name.Contains("::backward(", StringComparison.Ordinal)));

    // The rules above pass when nothing is found; these show that something would be.
    [Fact]
    public void Should_See_Uses_In_Method_Bodies_And_Lambdas()
    {
        Assert.NotEmpty(Between(In("Autodidact.Images"), name => name.EndsWith(".EvaluationLabels", StringComparison.Ordinal)));
        Assert.Single(Between(Named("Autodidact.Native.LibStdCpp"), Named("Autodidact.Native.ElfVersionNeed")));
        Assert.NotEmpty(
            Between(Named("Autodidact.Native.TorchRuntime"), name => name.StartsWith("TorchSharp.torch", StringComparison.Ordinal)));
        Assert.Single(
            Calls(Named("Autodidact.Native.TorchRuntime"), name => name.Contains("::InitializeDeviceType(", StringComparison.Ordinal)));
    }
}
