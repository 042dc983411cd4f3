using Autodidact.Configuration;
using Autodidact.Planning;
using Autodidact.Runs;

namespace Autodidact.Tests.Planning;

public class StageWorkTests
{
    private static readonly CostLine One = new(1, 1);

    private static readonly RunShape Shape = new()
    {
        PretrainImages = 900,
        DistillImages = 900,
        TargetImages = 1000,
        EvaluationImages = 200,
        HeldOutImages = 100,
        Classes = 5,
        Clusters = 20,
        EncoderFeature = 64,
        StudentFeature = 32,
        Exits = 4,
        RawPixels = 300,
        PackedSide = 10,
    };

    [Fact]
    public void Should_Pass_All_Images_Through_Both_Networks_And_The_Encoder_Once_More_Over_The_Evaluation_Images()
    {
        var work = StageWork.Measuring(Shape, new WorkRates { Encoder = 1, Student = 100 });
        Assert.Equal(1200 + 200 + (100 * (1200 + 100)), work.Forward);
        Assert.Equal(0, work.Products);
    }

    [Fact]
    public void Should_Compare_Every_Query_With_Every_Image_For_Each_Representation()
    {
        // Raw pixels, the encoder untrained and trained, four exits, and all exits side by side.
        var columns = 300 + 64 + 64 + (4 * 32) + (4 * 32);
        Assert.Equal(1000.0 * 200 * columns, StageWork.Measuring(Shape, new WorkRates { Neighbour = new CostLine(0, 1) }).Products);
    }

    [Fact]
    public void Should_Score_Nothing_Without_Labels()
    {
        var work = StageWork.Measuring(
            Shape with { Classes = 0 },
            new WorkRates { Encoder = 1, Student = 1, Neighbour = One, Probe = One, Cluster = One, ClassCluster = One, Speed = 3 });
        Assert.Equal(new StageWork(300, 0, 15), work);
        Assert.Equal(315, work.Total);
    }

    [Fact]
    public void Should_Cluster_As_Often_As_It_Starts()
    {
        var once = StageWork.Clustering(Shape, new ClusterOptions { Restarts = 1 }, new WorkRates { Encoder = 1, Cluster = One });
        var thrice = StageWork.Clustering(Shape, new ClusterOptions { Restarts = 3 }, new WorkRates { Encoder = 1, Cluster = One });
        Assert.Equal(1000, once.Forward);
        Assert.Equal(3 * once.Products, thrice.Products, 6);
    }

    [Fact]
    public void Should_Divide_What_A_Budget_Leaves()
    {
        var options = new RunOptions { Budget = TimeSpan.FromSeconds(1000) };
        options = options with { Pretrain = options.Pretrain with { BudgetShare = 0.75 } };
        var budget = new StepBudget(options, 1000, 1000, new Dictionary<string, long>());
        Assert.True(budget.NeedsTime);
        (budget.Pretrain.Cost, budget.Distill.Cost) = (new StepCost(0.5, 0.25), new StepCost(1, 0));
        budget.Divide(spent: 100, measuring: 300);
        Assert.Equal((600, 150), (budget.Pretrain.Steps, budget.Distill.Steps));
        var record = budget.Pretrain.Freeze(new RunRecord(), Stage.Pretrain);
        Assert.Equal(new StagePlan(450, 0.5), record.Plans["pretrain"]);
    }

    [Fact]
    public void Should_Keep_No_More_Of_A_Budget_For_Measuring_Than_Two_Fifths()
    {
        var options = new RunOptions { Budget = TimeSpan.FromSeconds(100) };
        options = options with { Distill = options.Distill with { Epochs = 1, BatchSize = 100 } };
        var budget = new StepBudget(options, 1000, 1000, new Dictionary<string, long>());
        (budget.Pretrain.Cost, budget.Distill.Cost) = (new StepCost(1, 0), new StepCost(2, 0));
        budget.Divide(spent: 0, measuring: 5000);

        // Ten steps of two seconds are fixed by the epoch.
        Assert.Equal((40, 10), (budget.Pretrain.Steps, budget.Distill.Steps));
    }
}
