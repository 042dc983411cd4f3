using Autodidact.Metrics;
using Autodidact.Numerics;

namespace Autodidact.Tests.Metrics;

public sealed class ClusterMapTests
{
    [Fact]
    public void Should_Equal_The_Reference_On_Images_The_Map_Was_Not_Fitted_On()
    {
        foreach (var c in EvaluationFixture.Read<ClusteringCase[]>("clustering.json"))
        {
            Assert.Equal(c.Purity, ClusterMap.FitMajority(c.Train, c.TrainLabels, c.K, c.Classes).Accuracy(c.Test, c.TestLabels), 9);
            if (c.Accuracy is not { } accuracy)
                continue;
            var map = ClusterMap.FitHungarian(c.Train, c.TrainLabels, c.K, c.Classes);
            var matched = Enumerable.Range(0, c.Train.Length).Count(i =>
                c.TrainLabels[i] >= 0 && map.ClassOf[c.Train[i]] == c.TrainLabels[i]);
            Assert.Equal(c.MatchedTrain, matched);
            Assert.Equal(accuracy, map.Accuracy(c.Test, c.TestLabels), 9);
        }
    }

    [Fact]
    public void Should_Be_Fitted_On_Training_Images_Alone()
    {
        // By the evaluation images the names would be exchanged; the training images say otherwise and are right to be believed.
        var map = ClusterMap.FitHungarian([0, 0, 1, 1], [0, 0, 1, 1], 2, 2);
        Assert.Equal(0, map.Accuracy([0, 0, 1, 1], [1, 1, 0, 0]));
    }

    [Fact]
    public void Should_Not_Let_Purity_Fall_Below_Accuracy_On_The_Images_Both_Were_Fitted_On()
    {
        var random = new CounterRandom(9);
        for (var trial = 0; trial < 50; trial++)
        {
            var (clusters, labels) = (new int[100], new int[100]);
            for (var i = 0; i < 100; i++)
                (clusters[i], labels[i]) = (random.NextInt32(5), random.NextInt32(5));
            Assert.True(
                ClusterMap.FitMajority(clusters, labels, 5, 5).Accuracy(clusters, labels)
                >= ClusterMap.FitHungarian(clusters, labels, 5, 5).Accuracy(clusters, labels));
        }
    }

    [Fact]
    public void Should_Not_Change_Accuracy_When_Labels_Are_Renumbered()
    {
        var random = new CounterRandom(10);
        var (clusters, labels) = (new int[200], new int[200]);
        for (var i = 0; i < 200; i++)
            (clusters[i], labels[i]) = (random.NextInt32(6), random.NextInt32(10) < 6 ? i % 6 : random.NextInt32(6));
        var renumbered = Array.ConvertAll(labels, label => (label + 4) % 6);
        Assert.Equal(
            ClusterMap.FitHungarian(clusters, labels, 6, 6).Accuracy(clusters, labels),
            ClusterMap.FitHungarian(clusters, renumbered, 6, 6).Accuracy(clusters, renumbered));
    }

    [Fact]
    public void Should_Refuse_A_One_To_One_Map_Where_Clusters_And_Classes_Differ_In_Number()
    {
        var error = Assert.Throws<ArgumentException>(() => ClusterMap.FitHungarian([0, 1], [0, 0], 2, 1));
        Assert.Contains("use the majority map", error.Message);
    }

    [Fact]
    public void Should_Count_A_Cluster_Without_Name_As_Wrong_And_Unlabelled_Images_Not_At_All()
    {
        var map = ClusterMap.FitMajority([0, 0, 1], [1, 1, -1], 3, 2);
        Assert.Equal([1, -1, -1], map.ClassOf);
        Assert.Equal(0.5, map.Accuracy([0, 1, 2], [1, 0, -1]));
        Assert.Throws<ArgumentException>(() => map.Accuracy([0], [-1]));
    }
}
