using System.Text.Json.Nodes;
using Autodidact.Distillation;
using Autodidact.Options;
using Autodidact.Plugins;
using Autodidact.Pretraining;
using Autodidact.Runs;

namespace Autodidact.Configuration;

/// <summary>Options of a run that exists.</summary>
internal static class RecordedOptions
{
    private const string SeedName = "seed";

    /// <summary>
    /// The options in a run's record. Reading a run loads no code that its record names: options of methods that this program does not know
    /// are passed over.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <exception cref="AutodidactException">They are not what this version writes; kind Data.</exception>
    public static RunOptions RunOptions(this RunRecord record)
    {
        var known = record.Options["plugin"] is null ? record : record with { Options = Known(record.Options.DeepClone().AsObject()) };
        return known.GetOptions<RunOptions>();
    }

    /// <summary>The options in the record of a run that is to go on, with the methods of its plug-in.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="AutodidactException">The plug-in cannot be loaded, or the options are not what this version writes.</exception>
    public static RunOptions OptionsToGoOn(this RunRecord record)
    {
        // What is left out takes its default, and a run would go on with other options over the work of these.
        var whole = OptionProperty.Groups(new RunOptions()).Select(group => group.Name).Append(SeedName);
        if (whole.Where(name => record.Options[name] is null).ToList() is { Count: > 0 } missing)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"run.json, options: {string.Join(", ", missing)} missing: put them back, or start a new run in another directory");
        }

        if (record.Options["plugin"] is JsonValue value && value.TryGetValue<string>(out var plugin)) MethodPlugin.Load(plugin);
        return record.GetOptions<RunOptions>();
    }

    private static JsonObject Known(JsonObject options)
    {
        Forget(options["pretrain"], typeof(PretrainOptions));
        Forget(options["distill"], typeof(DistillOptions));
        return options;
    }

    private static void Forget(JsonNode? stage, Type type)
    {
        if (stage is not JsonObject groups) return;
        var known = OptionStep.Of(type).Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = groups.Where(option => option.Value is JsonObject && !known.Contains(option.Key)).Select(option => option.Key);
        foreach (var group in unknown.ToList())
        {
            groups.Remove(group);
        }
    }
}
