namespace Autodidact.Options;

/// <summary>Checks the rules of an option record and of the records that it nests.</summary>
internal static class OptionRules
{
    /// <summary>Refuses options that break a rule, in one line that names them.</summary>
    /// <param name="options">The outermost record.</param>
    /// <param name="asked">
    /// Full names of the options that somebody asked for, as <see cref="OptionAssignment.NormalName"/> spells them.
    /// </param>
    /// <param name="prefix">What stands before the record's own names; nothing for the outermost record.</param>
    /// <exception cref="AutodidactException">A rule is broken; kind Usage.</exception>
    public static void Check(object options, IReadOnlyCollection<string> asked, string prefix = "") => Check(Of(options, prefix), asked);

    /// <summary>Refuses options that break a rule, in one line that names them.</summary>
    /// <param name="rules">The rules, each with its record and what stands before that record's names.</param>
    /// <param name="asked">As above.</param>
    /// <exception cref="AutodidactException">A rule is broken; kind Usage.</exception>
    public static void Check(IEnumerable<(object Record, OptionRule Rule, string Prefix)> rules, IReadOnlyCollection<string> asked)
    {
        // An option that nothing reads comes first: what contradicts it may be of no interest then.
        foreach (var (record, rule, before) in rules.OrderByDescending(one => one.Rule.OnlyIfAsked))
        {
            if (rule.Message(record, asked, before) is { } message)
            {
                throw new AutodidactException(FailureKind.Usage, message);
            }
        }
    }

    /// <summary>Every rule with the record it is about and what stands before that record's names, outer records first.</summary>
    /// <param name="options">The outermost record.</param>
    /// <param name="prefix">What stands before its names.</param>
    public static IEnumerable<(object Record, OptionRule Rule, string Prefix)> Of(object options, string prefix = "") =>
        ((options as IOptionRules)?.Rules ?? []).Select(rule => (options, rule, prefix))
            .Concat(OptionProperty.Groups(options).SelectMany(group => Of(group.Record, $"{prefix}{group.Name}.")));
}
