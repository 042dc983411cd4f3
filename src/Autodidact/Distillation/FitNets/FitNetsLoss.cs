using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Hint of FitNets: Romero, Ballas, Ebrahimi Kahou, Chassang, Gatta &amp; Bengio, "FitNets: Hints for thin deep nets", ICLR 2015, arXiv
/// 1412.6550, equation 3.
/// </summary>
/// <remarks>
/// weight * mean over the batch of 1/2 ||u - r(v)||^2, with u the teacher's hint (detached), v the student's feature and r a learned
/// regressor that brings v to u's shape; or weight * mean over batch and dimensions of (u - r(v))^2, as in the CRD benchmark. When the hint
/// is trained is the caller's: <see cref="FitNets"/>.
/// </remarks>
internal static class FitNetsLoss
{
    /// <summary>The loss.</summary>
    /// <param name="student">float [B, ...], a feature vector or map.</param>
    /// <param name="teacher">float [B, ...], of the shape the regressor yields.</param>
    /// <param name="options">Weight and form.</param>
    /// <param name="regressor">
    /// The learned regressor r; null is the identity. Its parameters belong to the optimizer of whoever trains.
    /// </param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The regressed feature and the teacher's differ in shape.</exception>
    public static Tensor Compute(Tensor student, Tensor teacher, FitNetsOptions options, nn.Module<Tensor, Tensor>? regressor = null)
    {
        var regressed = regressor?.forward(student) ?? student;
        LossArguments.SameShape(regressed, teacher, nameof(teacher));
        var squares = (regressed - teacher.detach()).square();
        return options.Form switch
        {
            FitNetsForm.MeanOfSquares => squares.mean() * options.Weight,
            FitNetsForm.HalfSquaredDistance => squares.sum() * (0.5 * options.Weight / squares.shape[0]),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Form, "unknown form of the hint"),
        };
    }
}
