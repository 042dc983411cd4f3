using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// One-against-the-rest L2-SVM, as in LIBLINEAR and Coates, Lee &amp; Ng 2011: the loss of a row is the sum over classes of max(0, 1 - y
/// s)^2, y = 1 for its class and -1 for the others.
/// </summary>
/// <remarks>
/// Differentiable once, which is all that L-BFGS asks. Classes do not meet: the Hessian of each is 2 / rows times the sum of x x' over the
/// rows within its margin, plus L2. At the start every score is 0 and every row within, so the covariance with half of L2 beside it is that
/// Hessian by halves, and the first step goes to the least-squares classifier. Later rows drop out and the Hessian lies below; by how much,
/// L-BFGS learns.
/// </remarks>
/// <param name="features">Standardised features (rows, d).</param>
/// <param name="labels">Their classes.</param>
/// <param name="l2">The penalty.</param>
internal sealed class SquaredHingeRegression(Tensor features, int[] labels, double l2) : LinearClassifier(features, labels, l2)
{
    private protected override double Ridge => 0.5 * L2;

    private protected override (double Loss, Tensor Error) Block(Tensor scores, Tensor labels)
    {
        // 1 - y s: 1 + s of all classes, then 1 - s in the place of the own one.
        var own = scores.gather(1, labels);
        var slack = scores.add_(1).scatter_(1, labels, own.neg_().add_(1)).relu_();
        var loss = slack.square().sum(ScalarType.Float64).item<double>();

        // -2 y max(0, 1 - y s), likewise.
        var error = slack.mul_(2);
        error.scatter_(1, labels, error.gather(1, labels).neg_());
        return (loss, error);
    }
}
