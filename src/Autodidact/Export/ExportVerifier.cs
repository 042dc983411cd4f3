using System.Globalization;
using Autodidact.Inference;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Export;

/// <summary>Runs a graph that was just written in ONNX Runtime and compares its outputs with the network's own.</summary>
internal static class ExportVerifier
{
    /// <summary>Largest difference from the network that any output may have.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>
    /// The same, relative to an output's largest value, where that allows more. The values of a barely trained network reach some tens, and
    /// there the order of the same sums alone changes them by more than a ten-thousandth.
    /// </summary>
    public const double RelativeTolerance = 1e-5;

    /// <summary>Largest difference of any output.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="input">Its input: uint8 or float32.</param>
    /// <param name="expected">The network's outputs by name.</param>
    /// <exception cref="AutodidactException">
    /// An output differs by more than <see cref="Tolerance"/> and <see cref="RelativeTolerance"/> allow; kind TrainingFailed, since such
    /// weights are of no use.
    /// </exception>
    public static double Check(string path, Tensor input, IReadOnlyDictionary<string, Tensor> expected)
    {
        using var session = new GraphSession(path, new ModelOptions());
        var names = expected.Keys.ToArray();
        using var value = SampleImages.ToOrt(input);
        using var outputs = session.Run(value, names);
        var worst = 0.0;
        for (var i = 0; i < names.Length; i++)
        {
            using var scope = NewDisposeScope();
            var wanted = expected[names[i]].contiguous();
            var got = outputs[i].GetTensorDataAsSpan<float>();
            var (difference, largest) = (double.PositiveInfinity, 0.0);
            if (outputs[i].GetTensorTypeAndShape().Shape.AsSpan().SequenceEqual(wanted.shape))
            {
                difference = 0;
                var values = wanted.data<float>().ToArray();
                largest = values.Max(v => Math.Abs((double)v));
                for (var j = 0; j < values.Length; j++)
                {
                    // Written so that a NaN counts as a difference.
                    var apart = Math.Abs((double)values[j] - got[j]);
                    difference = apart <= difference ? difference : apart;
                    if (!double.IsFinite(apart))
                    {
                        difference = double.PositiveInfinity;
                    }
                }
            }

            var allowed = Math.Max(Tolerance, RelativeTolerance * largest);
            if (!(difference <= allowed))
            {
                throw new AutodidactException(
                    FailureKind.Training,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Path.GetFileName(path)}: output '{names[i]}' differs by {difference:g3} from the trained network, "
                        + $"{allowed:g2} is allowed: nothing was exported"));
            }

            worst = Math.Max(worst, difference);
        }

        return worst;
    }
}
