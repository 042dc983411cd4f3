using Autodidact.Evaluation;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Evaluation;

public sealed class HoldoutAgreementTests
{
    [Fact]
    public void Should_Tell_Of_Trained_Exits_Alone_And_Call_The_Deepest_Of_Them_The_Students()
    {
        using var student = TinyDistillation.Student();
        var images = new PlainPixels(TinyProblem.ImageSet(), 16, PixelNormalization.Cifar10);
        var positions = TinyProblem.Positions[..20];
        student.eval();

        // The second exit's own answers: it agrees with all of them, the others with some.
        var logits = FeatureExtractor.ExtractAll(
            student, x => student.forward(x).Logits, images, positions, 8, TestContext.Current.CancellationToken);
        var answers = ExitEnsemble.Answers(logits[1]);
        foreach (var exit in logits) exit.Dispose();
        var all = new HoldoutAgreement(student, images, positions, answers, 8).EpochEnded(0);
        Assert.Equal(
            [
                "exit_1_holdout_agreement", "exit_2_holdout_agreement", "exit_3_holdout_agreement", "exit_4_holdout_agreement",
                "holdout_agreement",
            ],
            all.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(all["exit_4_holdout_agreement"], all["holdout_agreement"]);
        Assert.True(all["holdout_agreement"] < 1);

        var alone = new HoldoutAgreement(student, images, positions, answers, 8, only: 1).EpochEnded(0);
        Assert.Equal(new Dictionary<string, double> { ["exit_2_holdout_agreement"] = 1, ["holdout_agreement"] = 1 }, alone);
    }
}
