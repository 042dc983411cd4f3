using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>Multinomial logistic regression: the loss is the cross entropy.</summary>
/// <remarks>
/// The Hessian lies under half the Kronecker product of the classes' centring matrix and the features' covariance (Bohning, 1992), so that
/// covariance's inverse preconditions well.
/// </remarks>
/// <param name="features">Standardised features (rows, d).</param>
/// <param name="labels">Their classes.</param>
/// <param name="l2">The penalty.</param>
internal sealed class SoftmaxRegression(Tensor features, int[] labels, double l2) : LinearClassifier(features, labels, l2)
{
    private protected override double Ridge => Classes * L2;

    private protected override (double Loss, Tensor Error) Block(Tensor scores, Tensor labels)
    {
        var logProbabilities = nn.functional.log_softmax(scores, 1);
        var loss = -logProbabilities.gather(1, labels).sum(ScalarType.Float64).item<double>();
        var error = logProbabilities.exp_();
        error.scatter_add_(1, labels, full_like(labels, -1, dtype: error.dtype));
        return (loss, error);
    }
}
