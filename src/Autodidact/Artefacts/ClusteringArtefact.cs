using System.Globalization;
using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Files;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;
using Autodidact.Tables;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Artefacts;

/// <summary>
/// The clustering of stage two: centroids, assignments, distances and margins in <c>clusters.safetensors</c>, and <c>pseudo-labels.csv</c>
/// for people.
/// </summary>
/// <param name="paths">Where the run's files lie.</param>
internal sealed class ClusteringArtefact(RunPaths paths)
{
    private int[]? _assignments;

    /// <summary>Full paths of its files.</summary>
    public IReadOnlyList<string> Files => [paths.Clusters, paths.PseudoLabels];

    /// <summary>Whether the clustering is there.</summary>
    public bool Exists => File.Exists(paths.Clusters);

    /// <summary>Pseudo-label of each target image, in pack order; read once.</summary>
    /// <exception cref="AutodidactException">The file is no clustering; kind Data.</exception>
    public int[] Assignments => _assignments ??= ReadAssignments(paths.Clusters);

    /// <summary>Distance of each image from its centroid.</summary>
    /// <exception cref="AutodidactException">The distances do not fit the assignments; kind Data.</exception>
    public float[] ReadDistances() => Vector("distances");

    /// <summary>How much further away each image's second-nearest centroid is.</summary>
    /// <exception cref="AutodidactException">The margins do not fit the assignments; kind Data.</exception>
    public float[] ReadMargins() => Vector("margins");

    /// <summary>Centroids [k, d]; owned by the caller.</summary>
    public FeatureMatrix ReadCentroids() => ReadCentroids(paths.Clusters);

    /// <summary>Writes a clustering.</summary>
    /// <param name="images">The images, in pack order.</param>
    /// <param name="result">Their clusters.</param>
    public void Write(IImageSet images, KMeansResult result)
    {
        _assignments = null;
        using (NewDisposeScope())
        {
            TensorFile.Write(
                paths.Clusters,
                new Dictionary<string, Tensor>
                {
                    ["centroids"] = FeatureTensors.Block(result.Centroids, 0, result.Centroids.Rows),
                    ["assignments"] = tensor(result.Assignments),
                    ["distances"] = tensor(result.Distances),
                    ["margins"] = tensor(result.Margins),
                },
                new Dictionary<string, string> { ["inertia"] = result.Inertia.ToString("R", CultureInfo.InvariantCulture) });
        }

        WriteTable(images, result);
    }

    /// <summary>Pseudo-labels of a file, in pack order.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">The file is no clustering; kind Data.</exception>
    public static int[] ReadAssignments(string path)
    {
        long clusters;
        using (var reader = new SafetensorsReader(path))
        {
            clusters = reader.Find("centroids") is { Shape: [var rows, _] } ? rows : 0;
        }

        using var scope = NewDisposeScope();
        var tensor = TensorFile.Read(path, "assignments");
        int[] result = tensor.dtype == ScalarType.Int32 && tensor.dim() == 1 ? tensor.data<int>().ToArray() : [-1];
        return result.All(cluster => cluster >= 0 && cluster < clusters)
            ? result
            : throw new AutodidactException(
                FailureKind.Data, $"{path}: its assignments are not clusters of its centroids: delete it and run again");
    }

    /// <summary>Centroids [k, d] of a file; owned by the caller.</summary>
    /// <param name="path">The file.</param>
    public static FeatureMatrix ReadCentroids(string path) => TensorFile.ReadMatrix(path, "centroids");

    private float[] Vector(string name)
    {
        using var scope = NewDisposeScope();
        var tensor = TensorFile.Read(paths.Clusters, name);
        return tensor.dtype == ScalarType.Float32 && tensor.numel() == Assignments.Length
            ? tensor.data<float>().ToArray()
            : throw new AutodidactException(FailureKind.Data, $"{paths.Clusters}: its {name} do not fit its assignments: cluster again");
    }

    private void WriteTable(IImageSet images, KMeansResult result)
    {
        CsvFormat.WriteFile(paths.PseudoLabels, Enumerable.Range(0, images.Count).Select(i => new[]
        {
            images.Key(i),
            result.Assignments[i].ToString(CultureInfo.InvariantCulture),
            result.Distances[i].ToString("G6", CultureInfo.InvariantCulture),
            result.Margins[i].ToString("G6", CultureInfo.InvariantCulture),
        }).Prepend(["key", "cluster", "distance", "margin"]));
    }
}
