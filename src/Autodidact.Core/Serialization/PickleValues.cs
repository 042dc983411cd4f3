namespace Autodidact.Serialization;

/// <summary>A name a pickle refers to: a class or a function, never looked up, only compared with a closed list.</summary>
/// <param name="Module">Python module.</param>
/// <param name="Name">Name in it.</param>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A Python tuple.</summary>
/// <param name="Items">Its items.</param>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python dictionary, ordered as it was filled.</summary>
internal sealed class PickleDictionary
{
    /// <summary>Keys and values.</summary>
    public List<(object? Key, object? Value)> Items { get; } = [];
}

/// <summary>An object that is known and of no use here, such as the arguments a training script was started with.</summary>
/// <param name="Type">What made it.</param>
internal sealed record PickleInert(PickleGlobal Type);
