namespace Autodidact.Tests.Architecture;

/// <summary>Finds nodes of a graph that reach each other (Tarjan's strongly connected components of two nodes or more).</summary>
internal sealed class Cycles
{
    private readonly Dictionary<string, string[]> _uses;
    private readonly Dictionary<string, int> _order = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lowest = new(StringComparer.Ordinal);
    private readonly Stack<string> _open = new();
    private readonly HashSet<string> _isOpen = new(StringComparer.Ordinal);
    private readonly List<Cycle> _found = [];

    private Cycles(IEnumerable<(string From, string To)> edges) => _uses = edges.Where(edge => edge.From != edge.To).Distinct()
        .GroupBy(edge => edge.From, edge => edge.To)
        .ToDictionary(group => group.Key, group => group.Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);

    /// <summary>All cycles, each with every use inside it.</summary>
    /// <param name="edges">Who uses whom.</param>
    public static IReadOnlyList<Cycle> Find(IEnumerable<(string From, string To)> edges)
    {
        var search = new Cycles(edges);
        foreach (var node in search._uses.Keys.Order(StringComparer.Ordinal))
        {
            if (!search._order.ContainsKey(node)) search.Visit(node);
        }

        return search._found;
    }

    private void Visit(string node)
    {
        _order[node] = _lowest[node] = _order.Count;
        _open.Push(node);
        _isOpen.Add(node);
        foreach (var used in _uses.GetValueOrDefault(node, []))
        {
            if (!_order.ContainsKey(used)) Visit(used);
            if (_isOpen.Contains(used)) _lowest[node] = Math.Min(_lowest[node], _lowest[used]);
        }

        if (_lowest[node] < _order[node]) return;
        List<string> members = [];
        do
        {
            members.Add(_open.Pop());
            _isOpen.Remove(members[^1]);
        }
        while (members[^1] != node);
        if (members.Count < 2) return;
        members.Sort(StringComparer.Ordinal);
        _found.Add(new Cycle(members, [.. members.Select(from => $"{from} -> {string.Join(", ", _uses[from].Where(members.Contains))}")]));
    }

    /// <summary>Nodes that reach each other.</summary>
    /// <param name="Members">Their names.</param>
    /// <param name="Uses">Who of them uses whom, a line each.</param>
    internal sealed record Cycle(IReadOnlyList<string> Members, IReadOnlyList<string> Uses)
    {
        public override string ToString() => string.Join('\n', Uses.Prepend($"{Members.Count} use each other:"));
    }
}
