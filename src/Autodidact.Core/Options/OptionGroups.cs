using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Autodidact.Options;

/// <summary>
/// The groups of options that methods add to a record, in the order in which they were added. The record holds their values as
/// <see cref="MethodOptions"/>.
/// </summary>
internal sealed class OptionGroups
{
    private static readonly ConcurrentDictionary<Type, OptionGroups> Known = new();
    private static int _version;

    private readonly Type _owner;
    private readonly Lock _adding = new();
    private volatile OptionGroup[] _groups = [];
    private volatile bool _filled;

    private OptionGroups(Type owner) => _owner = owner;

    /// <summary>Grows with every group: what was made from the groups before is out of date.</summary>
    public static int Version => Volatile.Read(ref _version);

    /// <summary>Every group.</summary>
    public IReadOnlyList<OptionGroup> All
    {
        get
        {
            Fill();
            return _groups;
        }
    }

    /// <summary>The groups of a record.</summary>
    /// <param name="owner">Type of the record.</param>
    public static OptionGroups Of(Type owner) => Known.GetOrAdd(owner, type => new OptionGroups(type));

    /// <summary>The group that a type of options belongs to.</summary>
    /// <param name="type">The type.</param>
    /// <exception cref="InvalidOperationException">No method has such options.</exception>
    public OptionGroup Get(Type type) => All.FirstOrDefault(group => group.Type == type)
        ?? throw new InvalidOperationException(
            $"{type} are options of no method that is registered for {_owner.Name}: register the method first");

    /// <summary>Adds groups, all or none.</summary>
    /// <param name="added">The groups. The very same group again is passed over, since several methods may share one.</param>
    /// <exception cref="AutodidactException">The name or the type of a group is taken; kind Usage.</exception>
    public void Add(IEnumerable<OptionGroup> added)
    {
        lock (_adding)
        {
            var groups = _groups.ToList();
            foreach (var group in added.Where(group => !groups.Any(known => ReferenceEquals(known, group))))
            {
                if (groups.Any(known => known.Name == group.Name)
                    || OptionRecord.Properties(_owner).Any(own => OptionRecord.Name(own) == group.Name))
                {
                    throw new AutodidactException(
                        FailureKind.Usage, $"option group {group.Name}: the name is taken in {_owner.Name}: choose another");
                }

                if (groups.FirstOrDefault(known => known.Type == group.Type) is { } same)
                {
                    throw new AutodidactException(
                        FailureKind.Usage,
                        $"option group {group.Name}: its type {group.Type} is that of {same.Name}: declare a record of its own");
                }

                groups.Add(group);
            }

            _groups = [.. groups];
            Interlocked.Increment(ref _version);
        }
    }

    private void Fill()
    {
        if (_filled) return;
        foreach (var filling in _owner.Assembly.GetCustomAttributes<OptionGroupsAttribute>().Where(filling => filling.Owner == _owner))
        {
            RuntimeHelpers.RunClassConstructor(filling.Registry.TypeHandle);
        }

        _filled = true;
    }
}
