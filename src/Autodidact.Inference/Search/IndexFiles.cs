using Autodidact.Files;

namespace Autodidact.Inference;

/// <summary>Names of the files that make up an index, all beside the matrix.</summary>
internal static class IndexFiles
{
    public static string Keys(string matrix) => Path.ChangeExtension(matrix, ".keys.csv");

    public static string Manifest(string matrix) => Path.ChangeExtension(matrix, ".index.json");

    public static string InvertedFile(string matrix) => Path.ChangeExtension(matrix, ".ivf");

    public static IReadOnlyList<string> All(string matrix) => [matrix, Keys(matrix), Manifest(matrix), InvertedFile(matrix)];

    /// <summary>The files as one thing, which changes as a whole.</summary>
    public static FileSet Set(string matrix) => new(Path.ChangeExtension(matrix, ".index"), All(matrix));
}
