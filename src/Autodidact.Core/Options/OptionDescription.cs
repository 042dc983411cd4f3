namespace Autodidact.Options;

/// <summary>One option as help and reference show it.</summary>
/// <param name="Name">Dotted name, as <c>--set</c> takes it and <c>run.json</c> spells it (<c>pretrain.epochs</c>).</param>
/// <param name="Type">
/// The values that it takes: <c>integer</c>, <c>number</c>, <c>true|false</c>, <c>text</c>, <c>duration</c>, the names of an enumeration,
/// <c>list of numbers</c>.
/// </param>
/// <param name="Default">The default, written as <c>--set</c> would take it.</param>
/// <param name="Description">What it does.</param>
/// <param name="Range">Values allowed, such as <c>0 to 1</c>; empty when any will do.</param>
internal sealed record OptionDescription(string Name, string Type, string Default, string Description, string Range = "")
{
    /// <summary>Flags of the command line that set it, such as <c>--eval, --on</c>; empty where there is none.</summary>
    public string Flags { get; init; } = "";
}

/// <summary>One option that two option records hold differently.</summary>
/// <param name="Name">Dotted name.</param>
/// <param name="Old">Value in the first, as text.</param>
/// <param name="New">Value in the second, as text.</param>
internal sealed record OptionDifference(string Name, string Old, string New)
{
    /// <summary>The difference as <c>name: old -> new</c>.</summary>
    public override string ToString() => $"{Name}: {Old} -> {New}";
}
