using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Relational knowledge distillation (RKD): Park, Kim, Lu &amp; Cho, "Relational knowledge distillation", CVPR 2019, arXiv 1904.05068,
/// equations 4 to 9.
/// </summary>
/// <remarks>
/// <para>
/// distance * mean over (i, j) of H(d_s(i, j) - d_t(i, j)) + angle * mean over (i, j, k) of H(c_s(i, j, k) - c_t(i, j, k)), where d(i, j)
/// is |x_i - x_j| over the mean distance of the batch, c(i, j, k) the cosine of the angle at x_i between x_j and x_k, and H Huber's
/// function: x^2 / 2 up to 1, |x| - 1/2 beyond. The teacher is detached. Student and teacher may differ in dimension.
/// </para>
/// <para>
/// Conventions of the authors' code, where the paper gives sums: the means run over all B^2 pairs and B^3 triplets, those of a row with
/// itself included (they add zero), and the mean distance over the distances above zero. Deviation: equal rows have distance and cosine
/// exactly zero with a zero gradient, where the code bounds squared distances by 1e-12; a batch of equal rows has distances zero.
/// </para>
/// </remarks>
internal static class RelationalDistillationLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="student">float [B, D], B &gt;= 2.</param>
    /// <param name="teacher">float [B, E].</param>
    /// <param name="options">Weights.</param>
    /// <returns>The scalar loss, and the unweighted <c>distance</c> and <c>angle</c>; parts of weight 0 are absent.</returns>
    /// <exception cref="ArgumentException">The batch has fewer than two rows, or the sides differ in their number.</exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        Tensor student, Tensor teacher, RelationalDistillationOptions options)
    {
        LossArguments.Matrix(student, nameof(student), atLeastRows: 2);
        LossArguments.Matrix(teacher, nameof(teacher), atLeastRows: 2);
        LossArguments.SameRows(student, teacher, nameof(teacher));
        var taught = new Relations(student);
        var teaching = new Relations(teacher.detach());
        var sum = new WeightedSum(student);
        if (options.Distance > 0)
        {
            sum.Add("distance", nn.functional.smooth_l1_loss(taught.Distances(), teaching.Distances()), options.Distance);
        }

        if (options.Angle > 0)
        {
            sum.Add("angle", nn.functional.smooth_l1_loss(taught.Cosines(), teaching.Cosines()), options.Angle);
        }

        return sum.Result;
    }

    private sealed class Relations
    {
        private readonly Tensor _differences;
        private readonly Tensor _equal;

        // Equal rows carry 1 here: the square root has no gradient at zero, and nothing is divided by zero.
        private readonly Tensor _lengths;

        // Differences rather than inner products: |a|^2 + |b|^2 - 2ab loses the digits of near rows, and the angles need the differences
        // anyway.
        public Relations(Tensor rows)
        {
            _differences = rows.unsqueeze(0) - rows.unsqueeze(1);
            var squares = _differences.square().sum(2);
            _equal = squares <= 0;
            _lengths = squares.masked_fill(_equal, 1).sqrt();
        }

        /// <summary>[B, B], over their mean.</summary>
        public Tensor Distances()
        {
            var distances = _lengths.masked_fill(_equal, 0);
            var mean = distances.sum() / _equal.logical_not().sum().clamp_min(1);
            return distances / mean.clamp_min(1e-12);
        }

        /// <summary>[B, B, B]: at row i, between the directions to rows j and k.</summary>
        public Tensor Cosines()
        {
            var directions = _differences / _lengths.unsqueeze(2);
            return bmm(directions, directions.transpose(1, 2));
        }
    }
}
