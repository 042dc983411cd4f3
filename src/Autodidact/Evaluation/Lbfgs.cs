using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Limited-memory BFGS (Liu and Nocedal, 1989) for a convex function differentiable once, with a preconditioner as the initial inverse
/// Hessian and backtracking on Armijo's condition. It ends when the Newton decrement -slope / 2, the decrease its own quadratic model still
/// promises, is small: unlike the gradient's size that does not depend on how the variables are scaled. It also ends, converged as far as
/// float32 can tell, when the loss no longer falls by more than rounding. Deterministic: it draws nothing.
/// </summary>
internal static class Lbfgs
{
    private const int History = 10;
    private const double SufficientDecrease = 1e-4;
    private const int MaxBacktracks = 20;

    /// <summary>Relative resolution of a mean of float32 terms: decreases below it are rounding.</summary>
    private const double Resolution = 1e-8;
    private const int StalledIterations = 3;

    /// <summary>Minimises from a start; the result belongs to the caller's dispose scope.</summary>
    internal static (Tensor Solution, double Loss, int Iterations, bool Converged) Minimize(
        Func<Tensor, (double Loss, Tensor Gradient)> function,
        Func<Tensor, Tensor> preconditioner,
        Tensor start,
        double lossTolerance,
        int maxIterations,
        CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var point = start.clone();
        var (loss, gradient) = function(point);
        List<(Tensor Step, Tensor Change, double Curvature)> history = [];
        var iteration = 0;
        var converged = false;
        var stalled = 0;
        while (iteration < maxIterations && !converged)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var direction = Direction(gradient, history, preconditioner);
            var slope = Dot(direction, gradient);
            converged = -0.5 * slope <= lossTolerance;
            if (converged)
                break;
            var length = history.Count == 0 ? FirstLength(function, point, gradient, direction, slope) : 1.0;
            var found = false;
            Tensor step = direction, nextGradient = gradient;
            var nextLoss = loss;
            for (var attempt = 0; attempt < MaxBacktracks && !found; attempt++)
            {
                step = direction * length;
                (nextLoss, nextGradient) = function(point + step);
                found = nextLoss <= loss + (SufficientDecrease * length * slope);

                // The minimum of the parabola through both values and the slope, kept within a tenth and a half.
                var parabola = -slope * length * length / (2 * (nextLoss - loss - (slope * length)));
                length = Math.Clamp(double.IsFinite(parabola) ? parabola : 0, 0.1 * length, 0.5 * length);
            }

            // The gradient is right and the function convex, so only rounding can keep every step from lowering the loss.
            if (!found)
            {
                converged = double.IsFinite(nextLoss);
                break;
            }

            var change = nextGradient - gradient;
            var curvature = Dot(step, change);
            if (curvature > 0)
            {
                if (history.Count == History)
                {
                    history[0].Step.Dispose();
                    history[0].Change.Dispose();
                    history.RemoveAt(0);
                }

                history.Add((step.MoveToOuterDisposeScope(), change.MoveToOuterDisposeScope(), curvature));
            }

            point.AddInPlace(step);
            gradient.Dispose();
            gradient = nextGradient.MoveToOuterDisposeScope();
            stalled = loss - nextLoss <= Resolution * Math.Max(1, Math.Abs(loss)) ? stalled + 1 : 0;
            converged = stalled == StalledIterations;
            loss = nextLoss;
            iteration++;
        }

        return (point.MoveToOuterDisposeScope(), loss, iteration, converged);
    }

    /// <summary>The two-loop recursion.</summary>
    private static Tensor Direction(
        Tensor gradient, List<(Tensor Step, Tensor Change, double Curvature)> history, Func<Tensor, Tensor> preconditioner)
    {
        var q = gradient.neg();
        var factors = new double[history.Count];
        for (var i = history.Count - 1; i >= 0; i--)
        {
            factors[i] = Dot(history[i].Step, q) / history[i].Curvature;
            q.AddInPlace(history[i].Change, -factors[i]);
        }

        var direction = preconditioner(q);
        if (history.Count > 0)
        {
            var (_, change, curvature) = history[^1];
            direction.MultiplyInPlace(curvature / Dot(change, preconditioner(change)));
        }

        for (var i = 0; i < history.Count; i++)
        {
            var factor = Dot(history[i].Change, direction) / history[i].Curvature;
            direction.AddInPlace(history[i].Step, factors[i] - factor);
        }

        return direction;
    }

    /// <summary>
    /// Where nothing is known of the curvature yet: the minimum along the direction of the parabola that a short step's gradient tells.
    /// </summary>
    private static double FirstLength(
        Func<Tensor, (double Loss, Tensor Gradient)> function, Tensor point, Tensor gradient, Tensor direction, double slope)
    {
        const double Probe = 1e-2;
        var (_, ahead) = function(point + (direction * Probe));
        var curvature = Dot(ahead - gradient, direction) / Probe;
        return curvature > 0 ? -slope / curvature : 1;
    }

    private static double Dot(Tensor a, Tensor b) => (a * b).sum(ScalarType.Float64).item<double>();
}
