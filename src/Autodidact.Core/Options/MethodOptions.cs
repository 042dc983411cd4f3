using System.Collections.Immutable;

namespace Autodidact.Options;

/// <summary>
/// Options of every method of a stage, found by the type of a method's options. Immutable; where nothing was set, the method's own defaults
/// hold. In names and in JSON the groups stand in the stage's record, as <c>pretrain.simclr.temperature</c>.
/// </summary>
public sealed class MethodOptions : IEquatable<MethodOptions>
{
    private readonly Type _owner;
    private readonly ImmutableDictionary<Type, object> _values;

    private MethodOptions(Type owner, ImmutableDictionary<Type, object> values)
    {
        _owner = owner;
        _values = values;
    }

    /// <summary>The defaults of every method.</summary>
    /// <typeparam name="TOwner">The stage's record.</typeparam>
    public static MethodOptions Of<TOwner>() => new(typeof(TOwner), ImmutableDictionary<Type, object>.Empty);

    /// <summary>Options of one method.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <exception cref="InvalidOperationException">No registered method has options of that type.</exception>
    public T Get<T>()
        where T : class => (T)Get(OptionGroups.Of(_owner).Get(typeof(T)));

    /// <summary>A copy with other options of one method.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="options">The options.</param>
    /// <exception cref="InvalidOperationException">No registered method has options of that type.</exception>
    public MethodOptions With<T>(T options)
        where T : class => With(OptionGroups.Of(_owner).Get(typeof(T)), options);

    /// <summary>A copy in which the options of one method are changed.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="change">The change, such as <c>o => o with { Temperature = 0.1 }</c>.</param>
    /// <exception cref="InvalidOperationException">No registered method has options of that type.</exception>
    public MethodOptions With<T>(Func<T, T> change)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(change);
        return With(change(Get<T>()));
    }

    /// <summary>Whether every method has the same options in both.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(MethodOptions? other) =>
        other is not null && _owner == other._owner && OptionGroups.Of(_owner).All.All(group => Get(group).Equals(other.Get(group)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MethodOptions);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        OptionGroups.Of(_owner).All.Aggregate(_owner.GetHashCode(), (hash, group) => HashCode.Combine(hash, Get(group)));

    internal object Get(OptionGroup group) => _values.GetValueOrDefault(group.Type) ?? group.Defaults;

    internal MethodOptions With(OptionGroup group, object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(_owner, _values.SetItem(group.Type, options));
    }
}
