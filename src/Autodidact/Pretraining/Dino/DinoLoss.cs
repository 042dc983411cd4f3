using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Loss of DINO: Caron, Touvron, Misra, Jégou, Mairal, Bojanowski &amp; Joulin, "Emerging properties in self-supervised vision
/// transformers", ICCV 2021, arXiv 2104.14294, equations 1 to 4.
/// </summary>
/// <remarks>
/// The teacher sees two views g, the student these and any others, v. With q_g = softmax((t_g - c) / t_t), detached, and p_v = softmax(s_v
/// / t_s): the mean over images and over the 2 (V - 1) pairs v != g of -sum over k of q_g[k] log p_v[k]. Teacher and student temperatures
/// do not scale the loss.
/// </remarks>
internal static class DinoLoss
{
    private const int TeacherViews = 2;

    /// <summary>The teacher's targets: centred, sharpened, without gradient.</summary>
    /// <param name="teacher">float [2B, K], the teacher's outputs: the images of the first view, then those of the second.</param>
    /// <param name="center">float [K] or [1, K], the running mean of such outputs.</param>
    /// <param name="temperature">Temperature of the teacher, above 0; published 0.04 to 0.07.</param>
    /// <returns>float [2B, K]; every row sums to 1.</returns>
    /// <exception cref="ArgumentException">
    /// The number of rows is odd or 0, the centre has another size, or the temperature is not positive.
    /// </exception>
    public static Tensor Targets(Tensor teacher, Tensor center, double temperature)
    {
        LossArguments.Pairs(teacher, nameof(teacher));
        LossArguments.Temperature(temperature, nameof(temperature));
        if (center.numel() != teacher.shape[1])
        {
            throw new ArgumentException(
                $"expected a centre of {teacher.shape[1]} values, got {LossArguments.Shape(center)}", nameof(center));
        }

        return nn.functional.softmax((teacher.detach() - center.detach().reshape(1, -1)) / temperature, dim: 1);
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="student">
    /// float [V B, K], the student's outputs, views one above the other, first those two that the teacher saw.
    /// </param>
    /// <param name="targets">float [2B, K] from <see cref="Targets"/>.</param>
    /// <param name="temperature">Temperature of the student, above 0; published 0.1.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">
    /// The student's rows are no whole number of views, 2 or more, the columns differ, or the temperature is not positive.
    /// </exception>
    public static Tensor Compute(Tensor student, Tensor targets, double temperature)
    {
        LossArguments.Pairs(targets, nameof(targets));
        LossArguments.Temperature(temperature, nameof(temperature));
        var images = targets.shape[0] / TeacherViews;
        var outputs = targets.shape[1];
        if (student.dim() != 2 || student.shape[1] != outputs || student.shape[0] % images != 0 || student.shape[0] < targets.shape[0])
        {
            throw new ArgumentException(
                $"expected outputs [V B, {outputs}] with B = {images} and V >= {TeacherViews}, got {LossArguments.Shape(student)}",
                nameof(student));
        }

        var views = student.shape[0] / images;
        var answers = nn.functional.log_softmax(student / temperature, dim: 1);
        var fixedTargets = targets.detach();

        // All pairs, less those of a view with itself: a product of sums in place of one product a pair.
        var all = (fixedTargets.reshape(TeacherViews, images, outputs).sum([0L]) * answers.reshape(views, images, outputs).sum([0L])).sum();
        var same = (fixedTargets * answers.narrow(0, 0, targets.shape[0])).sum();
        return (same - all) / (images * TeacherViews * (views - 1));
    }
}
