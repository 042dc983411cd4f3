using Autodidact.Models;
using Autodidact.Numerics;

namespace Autodidact.Distillation;

/// <summary>The possible teachers of a student. Each call reads its teacher anew, and the caller owns the result.</summary>
/// <param name="EncoderFeatures">
/// Features of the training images, plain view, in training order: [images, d]. The encoder's, or the deepest exit's of the student that
/// teaches in its place.
/// </param>
/// <param name="Centroids">Centroids of the clusters among those features: [k, d].</param>
/// <param name="Encoder">The encoder as a network, in evaluation mode and without gradients.</param>
/// <param name="Student">The student of <see cref="DistillOptions.Teacher"/>, in evaluation mode and without gradients.</param>
public sealed record DistillTeachers(
    Func<FeatureMatrix> EncoderFeatures, Func<FeatureMatrix> Centroids, Func<Backbone> Encoder, Func<MultiExitNetwork> Student)
{
    /// <summary>The same teachers, networks on the device of a student.</summary>
    internal DistillTeachers On(MultiExitNetwork student)
    {
        var (encoder, other) = (Encoder, Student);
        return this with { Encoder = () => encoder().On(student.DeviceOf()), Student = () => other().On(student.DeviceOf()) };
    }
}
