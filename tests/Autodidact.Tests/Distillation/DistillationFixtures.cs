using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

/// <summary>Reference values made by tools/reference/distillation_losses.py, and what the tests of distillation losses share.</summary>
internal static class DistillationFixtures
{
    public const int Batch = 6;
    public const int Classes = 5;

    public static Tensor Targets() => tensor(Enumerable.Range(0, Batch).Select(i => (long)(i * 3 % Classes)).ToArray());

    public static IEnumerable<JsonElement> Cases(string loss) => [.. LossFixtures.Load("distillation", loss).EnumerateArray()];

    public static double Number(this JsonElement item, string option) => item.GetProperty("options").GetProperty(option).GetDouble();

    public static T Choice<T>(this JsonElement item, string option)
        where T : struct, Enum => Enum.Parse<T>(item.GetProperty("options").GetProperty(option).GetString()!);

    /// <summary>
    /// Compares value and gradient with every case of a fixture, in double and in single precision, relative to their size.
    /// </summary>
    public static void AssertEqualsLoops(string fixture, Func<ScalarType, Tensor> student, Func<JsonElement, Tensor, Tensor> loss) =>
        AssertEqualsLoops(fixture, _ => true, student, loss);

    /// <summary>The same with the cases that fit.</summary>
    public static void AssertEqualsLoops(
        string fixture, Func<JsonElement, bool> fits, Func<ScalarType, Tensor> student, Func<JsonElement, Tensor, Tensor> loss) =>
        LossFixtures.AssertEqualsLoops(Cases(fixture).Where(fits), (_, type) => [student(type)], (expected, x) => loss(expected, x[0]));

    /// <summary>Whether some steps along the gradient lower a loss to a fraction of where it began.</summary>
    public static void AssertFalls(Tensor x, Func<Tensor, Tensor> loss, double rate, double toFraction)
    {
        using var scope = NewDisposeScope();
        var first = loss(x).item<double>();
        for (var step = 0; step < 20; step++)
        {
            var leaf = x.detach().requires_grad_(true);
            loss(leaf).backward();
            x = leaf.detach() - (rate * leaf.grad!);
        }

        Assert.InRange(loss(x).item<double>(), double.NegativeInfinity, first * toFraction);
    }

    /// <summary>Whether a loss of two sides moves the student and leaves the teacher alone.</summary>
    public static void AssertTeacherStays(Tensor student, Tensor teacher, Func<Tensor, Tensor, Tensor> loss)
    {
        loss(student, teacher).backward();
        Assert.True(student.grad!.abs().sum().item<double>() > 0);
        Assert.True(teacher.grad is null);
    }

    public static Tensor Rows(params double[][] rows) =>
        tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}
