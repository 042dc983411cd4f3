using System.Globalization;
using System.Text;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>One line about a running training.</summary>
internal static class ProgressText
{
    /// <summary>Metrics shown while training, in this order; all others are in the log.</summary>
    private static readonly string[] Shown = ["knn", "effective_rank", "holdout_agreement"];

    /// <summary>Images a second: a large network on a small machine takes seconds for one.</summary>
    /// <param name="images">How many.</param>
    public static string Rate(double images) => images.ToString(images < 9.95 ? "0.0#" : "#,0", CultureInfo.InvariantCulture);

    public static string Of(TrainingProgress p)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"epoch {p.Epoch + 1}/{Math.Ceiling(p.Epochs - 1e-9):0}  loss {p.Loss:0.000}  {Rate(p.ImagesPerSecond)} images/s");
        foreach (var name in Shown)
        {
            if (p.Metrics.TryGetValue(name, out var value))
            {
                text.Append(CultureInfo.InvariantCulture, $"  {name.Replace('_', ' ')} {value:0.000}");
            }
        }

        return text.ToString();
    }
}
