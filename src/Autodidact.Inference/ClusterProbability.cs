namespace Autodidact.Inference;

/// <summary>A cluster, and how likely an exit finds it.</summary>
/// <param name="Cluster">Number of the cluster, from 0.</param>
/// <param name="Name">Its name, or the class it stands for; null where it has none.</param>
/// <param name="Probability">0 to 1; those of all clusters add up to 1.</param>
public sealed record ClusterProbability(int Cluster, string? Name, float Probability);
