using Autodidact.Artefacts;
using Autodidact.Models;
using Autodidact.Tests.Serialization;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Models;

/// <summary>Whole tensor files whose tensors are not what their readers take them for.</summary>
public sealed class HostileTensorFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Refuse_Assignments_That_Are_No_Clusters()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 2, 1], ClusteringArtefact.ReadAssignments(Write(zeros(3, 4), tensor([0, 2, 1]))));
        Assert.Empty(ClusteringArtefact.ReadAssignments(Write(zeros(3, 4), zeros(0, dtype: ScalarType.Int32))));
        foreach (var (centroids, assignments) in new[]
        {
            (zeros(3, 4), tensor([0, 3, 1])), (zeros(3, 4), tensor([0, -1, 1])), (zeros(3, 4), tensor([0, int.MaxValue, 1])),
            (zeros(3, 4), tensor([0f, 2, 1])),
            (zeros(3, 4), tensor([0L, 2, 1])), (zeros(3, 4), zeros(1, 3, dtype: ScalarType.Int32)), (zeros(3), tensor([0, 2, 1])),
            (zeros(0, 4), tensor([0, 2, 1])),
        })
        {
            var path = Write(centroids, assignments);
            Assert.Contains("assignments", Refusal.Of(path, () => ClusteringArtefact.ReadAssignments(path)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Should_Refuse_Centroids_That_Are_No_Matrix()
    {
        using var scope = NewDisposeScope();
        Tensor[] wrong =
            [zeros(3, 0), zeros(12), zeros(1, 3, 4), zeros(3, 4, dtype: ScalarType.Float64), zeros(3, 4, dtype: ScalarType.Int32)];
        foreach (var centroids in wrong)
        {
            var path = Write(centroids, tensor([0]));
            Assert.Contains(
                "centroids", Refusal.Of(path, () => ClusteringArtefact.ReadCentroids(path).Dispose()), StringComparison.Ordinal);
        }
    }

    private string Write(Tensor centroids, Tensor assignments)
    {
        var path = _scratch["clusters.safetensors"];
        TensorFile.Write(
            path,
            new Dictionary<string, Tensor> { ["centroids"] = centroids, ["assignments"] = assignments },
            new Dictionary<string, string>());
        return path;
    }
}
