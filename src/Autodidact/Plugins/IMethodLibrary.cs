using Autodidact.Distillation;
using Autodidact.Pretraining;

namespace Autodidact.Plugins;

/// <summary>
/// Methods that an assembly offers to <c>autodidact run --plugin FILE.dll</c>. The assembly has one public class or more that implement it
/// and can be made without arguments; a program that has the methods itself calls <see cref="PretrainMethods.Register"/> and
/// <see cref="DistillMethods.Register"/> instead.
/// </summary>
public interface IMethodLibrary
{
    /// <summary>Pre-training methods.</summary>
    IEnumerable<PretrainMethod> Pretraining => [];

    /// <summary>Distillation methods.</summary>
    IEnumerable<DistillMethod> Distillation => [];
}
