using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>The flags that options have, and which command takes which.</summary>
internal static class RunFlags
{
    private static readonly IReadOnlyList<OptionFlag> All = OptionFlag.Of(typeof(RunOptions));

    /// <summary>
    /// Flags that make up a request, by their names as JSON: one for each option that has any. A command that may start a run takes them
    /// all.
    /// </summary>
    public static IReadOnlyDictionary<string, OptionFlag> ByKey { get; } =
        All.Where(one => one.Flag.Command is null).ToDictionary(one => one.Key);

    /// <summary>Flags of a stage's command over a run that exists: those of the options that the stage may change.</summary>
    /// <param name="stage">Name of the stage, which is the command's too.</param>
    public static IReadOnlyList<OptionFlag> Of(string stage) =>
    [
        .. All.Where(one => StageOptions.Contain(stage, one.Option)).GroupBy(one => one.Option)
            .Select(flags => flags.FirstOrDefault(one => one.Flag.Command == stage) ?? flags.First(one => one.Flag.Command is null)),
    ];
}
