namespace Autodidact.Views;

/// <summary>Resize tables by length: random crops come in few lengths, and a table costs more than applying it. One per thread.</summary>
internal sealed class ResizeTableCache
{
    /// <summary>Enough for every length of a 512-pixel image at two view sizes; beyond it the cache starts again.</summary>
    private const int Capacity = 2048;

    private readonly Dictionary<(int Input, int Output, Interpolation Interpolation, bool FromBytes), ResizeTable> _tables = [];

    /// <summary>The table for one axis.</summary>
    /// <param name="input">Length before.</param>
    /// <param name="output">Length after.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="fromBytes">Whether the weights also bring 0..255 to 0..1.</param>
    internal ResizeTable Get(int input, int output, Interpolation interpolation, bool fromBytes)
    {
        if (!_tables.TryGetValue((input, output, interpolation, fromBytes), out var table))
        {
            if (_tables.Count >= Capacity)
                _tables.Clear();
            table = ResizeTable.Create(input, output, interpolation, fromBytes ? 1.0 / 255 : 1);
            _tables.Add((input, output, interpolation, fromBytes), table);
        }

        return table;
    }
}
