using Autodidact.Options;

namespace Autodidact.Tests.Options;

/// <summary>Options changed as <c>--set</c> changes them.</summary>
internal static class Assignments
{
    /// <summary>Applies <c>name=value</c> settings in their order.</summary>
    /// <param name="options">The options to start from.</param>
    /// <param name="settings">The settings with blanks between them; may be empty.</param>
    public static T Apply<T>(T options, string settings)
        where T : notnull => settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(setting => setting.Split('=', 2))
            .Aggregate(options, (changed, setting) => OptionBinder.Set(changed, setting[0], setting[1]));
}
