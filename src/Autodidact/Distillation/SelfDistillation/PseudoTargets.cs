using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// The targets of the cross entropies of one clustering and the weight of each image, as <see cref="SelfDistillationOptions.Targets"/> and
/// <see cref="SelfDistillationOptions.Confidence"/> say. All of it comes from the encoder's cached features, before the first step.
/// </summary>
internal sealed class PseudoTargets : IDisposable
{
    private readonly SelfDistillationOptions _options;
    private readonly int _clusters;
    private readonly Tensor? _features;
    private readonly Tensor? _centroids;
    private readonly Tensor? _neighborhoods;
    private readonly Tensor? _weights;

    /// <param name="options">Form and weighting.</param>
    /// <param name="assignments">Cluster of each training image.</param>
    /// <param name="clusters">Number of clusters.</param>
    /// <param name="knowledge">What the options ask for of the encoder; the owner keeps it alive.</param>
    /// <param name="centroids">[clusters, d], for soft targets; float32, outside every scope, owned from now on.</param>
    /// <param name="device">The student's device; null is the CPU.</param>
    public PseudoTargets(
        SelfDistillationOptions options, IReadOnlyList<int> assignments, int clusters, EncoderKnowledge knowledge, Tensor? centroids,
        Device? device = null)
    {
        _options = options;
        _clusters = clusters;
        _features = knowledge.Features;
        _centroids = centroids;
        if (knowledge.Neighbors is not { } neighbors)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var neighborhoods = Neighborhoods(assignments, neighbors);
        _neighborhoods = options.Targets == TargetForm.Neighbours ? neighborhoods.to(device ?? CPU).DetachFromDisposeScope() : null;
        _weights = options.Confidence > 0
            ? NeighborTargets.Weights(neighborhoods, options.Confidence).to(ScalarType.Float32).to(device ?? CPU).DetachFromDisposeScope()
            : null;
    }

    /// <summary>Targets of the run's own clusters.</summary>
    /// <param name="options">Form and weighting.</param>
    /// <param name="training">The student and its pseudo-labels.</param>
    /// <param name="knowledge">What the options ask for of the encoder; the owner keeps it alive.</param>
    /// <param name="centroids">Centroids of the clusters, for soft targets; copied.</param>
    public static PseudoTargets Of(
        SelfDistillationOptions options, StudentTraining training, EncoderKnowledge knowledge, FeatureMatrix? centroids)
    {
        var device = training.Student.DeviceOf();
        var copy = options.Targets == TargetForm.Soft
            ? FeatureTensors.Table(
                centroids ?? throw new ArgumentNullException(nameof(centroids), "the clusters' centroids are asked for"), device)
            : null;
        return new PseudoTargets(options, training.PseudoLabels, training.Student.Options.Outputs, knowledge, copy, device);
    }

    /// <summary>
    /// Targets of some images, int64 [B] or float32 [B, K], and their weights, float32 [B]; null where all count the same.
    /// </summary>
    /// <param name="rows">int64 [B].</param>
    /// <param name="clusters">Their clusters, int64 [B].</param>
    public (Tensor Targets, Tensor? Weights) Of(Tensor rows, Tensor clusters) => (
        _options.Targets switch
        {
            TargetForm.Hard => clusters,
            TargetForm.Soft => SoftAssignmentLoss.Assign(
                _features![rows], _centroids!, new SoftAssignmentOptions { Temperature = _options.TargetTemperature }),
            TargetForm.Neighbours => NeighborTargets.Assign(_neighborhoods![rows], _clusters),
            var form => throw new InvalidOperationException($"unknown targets {form}"),
        },
        _weights?[rows]);

    public void Dispose()
    {
        _centroids?.Dispose();
        _neighborhoods?.Dispose();
        _weights?.Dispose();
    }

    /// <summary>int32 [images, 1 + n]: the cluster of each image, then those of its neighbours.</summary>
    private static Tensor Neighborhoods(IReadOnlyList<int> assignments, int[] neighbors)
    {
        var count = neighbors.Length / assignments.Count;
        var clusters = new int[assignments.Count * (1 + count)];
        for (var i = 0; i < assignments.Count; i++)
        {
            clusters[i * (1 + count)] = assignments[i];
            for (var j = 0; j < count; j++)
            {
                clusters[(i * (1 + count)) + 1 + j] = assignments[neighbors[(i * count) + j]];
            }
        }

        return tensor(clusters, assignments.Count, 1 + count, device: CPU);
    }
}
