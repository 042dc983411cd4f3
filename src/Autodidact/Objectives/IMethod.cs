using Autodidact.Options;

namespace Autodidact.Objectives;

/// <summary>A method of either stage, as a <see cref="MethodRegistry{TMethod}"/> keeps it.</summary>
internal interface IMethod
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>The groups of options that it brings or shares.</summary>
    IReadOnlyList<OptionGroup> Groups { get; }
}
