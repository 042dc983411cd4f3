using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>Which options a stage alone reads: those its command may change in a run that exists.</summary>
internal static class StageOptions
{
    /// <summary>Options that a stage alone reads although the first part of their name is not the stage's.</summary>
    private static readonly Dictionary<string, string> OfOtherName =
        OptionProperty.Of(typeof(RunOptions))
            .Where(option => option.Stage is not null)
            .ToDictionary(option => option.Name, option => option.Stage!);

    /// <summary>Whether a stage's command may change an option of a run that exists.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="option">Full name of the option.</param>
    public static bool Contain(string stage, string option) => (OfOtherName.GetValueOrDefault(option) ?? option.Split('.')[0]) == stage;

    /// <summary>The options in words: <c>evaluate.*, data.evaluation and data.labels</c>.</summary>
    /// <param name="stage">Name of the stage.</param>
    public static string InWords(string stage)
    {
        string[] all = [$"{stage}.*", .. OfOtherName.Where(one => one.Value == stage).Select(one => one.Key)];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }
}
