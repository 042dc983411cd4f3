using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Tests.Training;
using Autodidact.Training;

namespace Autodidact.Tests.Distillation;

public class SingleExitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Should_Move_Nothing_But_The_Network_That_Ends_At_The_One_Exit()
    {
        using var student = TinyDistillation.Student();
        using var before = TinyDistillation.Student();
        using var objective = Alone("sssd-reconstructed", student, exit: 2);
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options());
        trainer.Run(Token);
        var old = before.state_dict();
        var moved = student.named_parameters().Where(p => !p.parameter.Equals(old[p.name])).Select(p => p.name).ToArray();
        Assert.NotEmpty(moved);
        Assert.All(moved, name => Assert.Matches(@"^(backbone\.(conv1|bn1|layer1|layer2)\.|branches\.1\.|classifiers\.1\.)", name));
        Assert.Contains("classifiers.1.weight", moved);
    }

    [Theory]
    [InlineData("clusterfit", 0)]
    [InlineData("supervised", 0)]
    [InlineData("sssd", 1)]
    [InlineData("rkd", -1)]
    public void Should_Be_What_Any_Variant_Is_That_Trains_One_Exit(string method, int exit)
    {
        using var student = TinyDistillation.Student();
        using var objective = exit == 0 ? TinyDistillation.Objective(method, student) : Alone(method, student, exit);
        Assert.IsType<SingleExit>(objective);
    }

    [Fact]
    public void Should_Name_The_Option_Where_The_Student_Has_No_Such_Exit()
    {
        using var student = TinyDistillation.Student();
        var refused = Assert.Throws<AutodidactException>(() => Alone("sssd", student, exit: 5));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Equal("distill.loss.only_exit=5: the student has 4 exits: choose one of them", refused.Message);
    }

    [Fact]
    public void Self_Distillation_Should_Leave_One_Exit_Alone_To_It()
    {
        using var student = TinyDistillation.Student();
        var training = TinyDistillation.Training(student) with { OnlyExit = 1 };
        Assert.Throws<ArgumentException>(() => new SelfDistillation(training, new SelfDistillationOptions()));
    }

    /// <summary>The clusters are made anew from the exit's own feature, and nothing deeper is trained.</summary>
    [Fact]
    public void Should_Alternate_With_Clusterings()
    {
        using var student = TinyDistillation.Student();
        using var before = TinyDistillation.Student();
        using var objective = Alone("alternating", student, exit: 1);
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options())
        {
            Features = TinyDistillation.Features,
        };
        trainer.Run(Token);
        var old = before.state_dict();
        var moved = student.named_parameters().Where(p => !p.parameter.Equals(old[p.name])).Select(p => p.name).ToArray();
        Assert.Contains("classifiers.0.weight", moved);
        Assert.DoesNotContain(
            moved, name => name.StartsWith("backbone.layer2", StringComparison.Ordinal)
                || name.StartsWith("branches.", StringComparison.Ordinal) && !name.StartsWith("branches.0", StringComparison.Ordinal));
    }

    private static IObjective Alone(string method, MultiExitNetwork student, int exit) => TinyDistillation.Objective(
        method, student, o => o with { Methods = o.Methods.With<SelfDistillationOptions>(m => m with { OnlyExit = exit }) });
}
