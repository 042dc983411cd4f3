using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// A frozen network that says of an image to which cluster it belongs: what knowledge distillation needs of a teacher. It is part of no
/// checkpoint, since it never changes.
/// </summary>
internal sealed class ClusterTeacher : IDisposable
{
    private readonly nn.Module _network;
    private readonly Func<Tensor, Tensor> _logits;
    private readonly Tensor? _centroids;

    private ClusterTeacher(nn.Module network, Backbone backbone, int clusters, Func<Tensor, Tensor> logits, Tensor? centroids)
    {
        _network = network.Frozen();
        Backbone = backbone;
        Clusters = clusters;
        _logits = logits;
        _centroids = centroids;
    }

    /// <summary>The network up to its last map.</summary>
    public Backbone Backbone { get; }

    /// <summary>Number of clusters it answers with.</summary>
    public int Clusters { get; }

    /// <summary>
    /// An encoder: the logit of a cluster is the cosine of the image's feature and the cluster's centroid over a temperature.
    /// </summary>
    /// <param name="encoder">The encoder; owned and frozen from now on.</param>
    /// <param name="centroids">[K, D]; copied.</param>
    /// <param name="temperature">The smaller, the surer the teacher.</param>
    /// <exception cref="ArgumentException">The centroids are not of the encoder's features, or the temperature is not positive.</exception>
    public static ClusterTeacher Of(Backbone encoder, FeatureMatrix centroids, double temperature)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(centroids);
        LossArguments.Temperature(temperature, nameof(temperature));
        if (centroids.Columns != encoder.FeatureSize)
        {
            throw new ArgumentException(
                $"expected centroids of {encoder.FeatureSize} dimensions as the encoder's features have, got {centroids.Columns}",
                nameof(centroids));
        }

        using var scope = NewDisposeScope();
        using var table = FeatureTensors.Table(centroids);
        var units =
            nn.functional.normalize(table, p: 2, dim: 1)
                .t().contiguous().to(encoder.DeviceOf()).DetachFromDisposeScope();
        return new ClusterTeacher(
            encoder,
            encoder,
            centroids.Rows,
            view => mm(nn.functional.normalize(encoder.call(view), p: 2, dim: 1), units) / temperature,
            units);
    }

    /// <summary>A student that was trained on the same clusters: the logits of its deepest exit.</summary>
    /// <param name="student">The student; owned and frozen from now on.</param>
    public static ClusterTeacher Of(MultiExitNetwork student)
    {
        ArgumentNullException.ThrowIfNull(student);
        return new ClusterTeacher(
            student, student.Backbone, student.Options.Outputs, view => student.ForwardTo(view, student.ExitCount - 1).Logits,
            centroids: null);
    }

    /// <summary>Logits [B, K], without gradient.</summary>
    /// <param name="view">float32 [B, 3, S, S], channels-last.</param>
    public Tensor Logits(Tensor view)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return _logits(view).MoveToOuterDisposeScope();
    }

    /// <summary>Map [B, C, H, W] of a stage, without gradient; deeper stages are not run.</summary>
    /// <param name="view">float32 [B, 3, S, S], channels-last.</param>
    /// <param name="stage">0 is the shallowest.</param>
    public Tensor Map(Tensor view, int stage)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Backbone.ForwardTo(view, stage).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Dispose();
        _centroids?.Dispose();
    }
}
