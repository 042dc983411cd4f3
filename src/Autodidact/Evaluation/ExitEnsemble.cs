using System.Numerics.Tensors;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Autodidact.Evaluation;

/// <summary>All exits together.</summary>
internal static class ExitEnsemble
{
    /// <summary>
    /// Each exit's features scaled to length 1, side by side: the cosine of two such rows is the mean of the exits' cosines, so no exit
    /// outweighs another.
    /// </summary>
    /// <param name="features">Per exit: images by dimensions.</param>
    /// <returns>A new matrix, owned by the caller.</returns>
    public static FeatureMatrix Concatenate(IReadOnlyList<FeatureMatrix> features)
    {
        var rows = RowsOf(features);
        var result = new FeatureMatrix(rows, features.Sum(f => f.Columns));
        Parallel.For(0, rows, row =>
        {
            var target = result[row];
            foreach (var exit in features)
            {
                var source = exit[row];
                TensorPrimitives.Divide(source, Math.Max(TensorPrimitives.Norm<float>(source), 1e-12f), target);
                target = target[exit.Columns..];
            }
        });
        return result;
    }

    /// <summary>
    /// The answers of every exit, and at last of all together by the mean of their logits: the ensemble rule of "Be Your Own Teacher"
    /// (Zhang et al., ICCV 2019) as its authors' code has it.
    /// </summary>
    /// <param name="logits">Per exit: [images, clusters].</param>
    /// <returns>float32 [images, exits + 1]: numbers of clusters, the lowest of equals.</returns>
    public static Tensor Answers(IReadOnlyList<Tensor> logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        using var scope = NewDisposeScope();
        var exits = logits.Select(exit => exit.to(ScalarType.Float32)).ToArray();
        var mean = exits.Aggregate((sum, exit) => sum + exit) / exits.Length;
        return stack([.. exits.Append(mean).Select(exit => exit.argmax(1))], 1).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The answer of each row: its largest logit's number, the lowest of equals.</summary>
    /// <param name="logits">Images by clusters.</param>
    public static int[] Answers(FeatureMatrix logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var answers = new int[logits.Rows];
        for (var row = 0; row < answers.Length; row++)
            answers[row] = TensorPrimitives.IndexOfMax<float>(logits[row]);
        return answers;
    }

    private static int RowsOf(IReadOnlyList<FeatureMatrix> exits)
    {
        ArgumentNullException.ThrowIfNull(exits);
        if (exits.Count == 0 || exits.Any(e => e.Rows != exits[0].Rows))
            throw new ArgumentException("every exit must have the same images, and there must be at least one exit", nameof(exits));
        return exits[0].Rows;
    }
}
