using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Autodidact.Options;

/// <summary>One option found by reflection: the way to it through nested records, and how to read and replace it.</summary>
internal sealed class OptionProperty
{
    private readonly OptionStep[] _way;

    private OptionProperty(OptionStep[] way, PropertyInfo last) => (_way, Last) = (way, last);

    public string Name => string.Join('.', _way.Select(step => step.Name));

    public Type Type => Last.PropertyType;

    public RangeAttribute? Range => Last.GetCustomAttribute<RangeAttribute>();

    public string NullText => Last.GetCustomAttribute<NullTextAttribute>()?.Text ?? NullTextAttribute.Default;

    public bool AllowsNull => Nullable.GetUnderlyingType(Type) is not null
        || (!Type.IsValueType && new NullabilityInfoContext().Create(Last).WriteState == NullabilityState.Nullable);

    public IEnumerable<FlagAttribute> Flags => Last.GetCustomAttributes<FlagAttribute>();

    public PathOptionAttribute? Path => Last.GetCustomAttribute<PathOptionAttribute>();

    public OptionWordAttribute? Word => Last.GetCustomAttribute<OptionWordAttribute>();

    /// <summary>The stage that alone reads the option, where the option says so itself.</summary>
    public string? Stage => Last.GetCustomAttribute<OptionOfStageAttribute>()?.Stage;

    public string Description => Last.GetCustomAttribute<DescriptionAttribute>()?.Description
        ?? throw new InvalidOperationException($"option {Name} ({Last.DeclaringType}.{Last.Name}) lacks a [Description]");

    private PropertyInfo Last { get; }

    /// <summary>All options of a record type, depth first, in declaration order.</summary>
    public static IReadOnlyList<OptionProperty> Of(Type type)
    {
        var found = new List<OptionProperty>();
        Collect(type, [], found);
        return found;
    }

    /// <summary>The option records that a record nests, with their names, in declaration order.</summary>
    public static IEnumerable<(string Name, object Record)> Groups(object options) => OptionStep.Of(options.GetType())
        .Where(step => OptionRecord.Is(step.Type) && step.Get(options) is not null)
        .Select(step => (step.Name, step.Get(options)!));

    public object? Get(object options)
    {
        object? value = options;
        foreach (var step in _way) value = value is null ? null : step.Get(value);
        return value;
    }

    /// <summary>A copy of the options with this one replaced; every record on the way is copied, none is changed.</summary>
    public object With(object options, object? value) => With(options, 0, value);

    private object With(object record, int depth, object? value)
    {
        var copy = OptionRecord.Clone(record);
        var step = _way[depth];
        var nested = value;
        if (depth < _way.Length - 1) nested = With(step.Get(record) ?? Activator.CreateInstance(step.Type)!, depth + 1, value);
        step.Set(copy, nested);
        return copy;
    }

    private static void Collect(Type type, OptionStep[] way, List<OptionProperty> found)
    {
        foreach (var step in OptionStep.Of(type))
        {
            OptionStep[] here = [.. way, step];
            if (!OptionRecord.Is(step.Type)) found.Add(new OptionProperty(here, step.Property));
            else if (way.Any(before => before.Type == step.Type)) throw new NotSupportedException($"options {step.Type} nest themselves");
            else Collect(step.Type, here, found);
        }
    }
}
