using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Centroids interleaved sixteen to a panel, [panel][dimension][16], as <see cref="ProductTile"/> reads them, with their halved squared
/// norms.
/// </summary>
internal sealed unsafe class CentroidPanels : IDisposable
{
    private readonly int[] _positions;
    private readonly bool _spherical;
    private float* _values;
    private float* _halfNorms;

    /// <summary>Lays out panels for <paramref name="order"/>'s centroids; <see cref="Load"/> fills them.</summary>
    /// <param name="order">The centroids' numbers in panel order.</param>
    /// <param name="dimensions">Columns.</param>
    /// <param name="spherical">All norms are 1, whatever rounding made of them.</param>
    public CentroidPanels(int[] order, int dimensions, bool spherical)
    {
        Count = (order.Length + ProductTile.Columns - 1) / ProductTile.Columns;
        Dimensions = dimensions;
        _spherical = spherical;
        Ids = new int[Count * ProductTile.Columns];
        Array.Fill(Ids, int.MaxValue);
        _positions = new int[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            Ids[i] = order[i];
            _positions[order[i]] = i;
        }

        var size = (nuint)Ids.Length * (nuint)dimensions * sizeof(float);
        _values = (float*)NativeMemory.AlignedAlloc(size, 64);
        NativeMemory.Clear(_values, size);
        _halfNorms = (float*)NativeMemory.AlignedAlloc((nuint)Ids.Length * sizeof(float), 64);
        new Span<float>(_halfNorms, Ids.Length).Fill(float.PositiveInfinity);
    }

    /// <summary>Frees panels nobody disposed.</summary>
    ~CentroidPanels() => Free();

    /// <summary>Number of panels.</summary>
    public int Count { get; }

    /// <summary>Columns.</summary>
    public int Dimensions { get; }

    /// <summary>The centroid at each panel position; <see cref="int.MaxValue"/> where the last panel is padded.</summary>
    public int[] Ids { get; }

    /// <summary>The longest centroid's length, for rounding bounds.</summary>
    public float LongestNorm { get; private set; }

    /// <summary>Values of one panel.</summary>
    public float* Panel(int panel) => _values + ((long)panel * Dimensions * ProductTile.Columns);

    /// <summary>|c|^2 / 2 of the sixteen of one panel; infinite where padded, so that padding is never nearest.</summary>
    public float* HalfNorms(int panel) => _halfNorms + (panel * ProductTile.Columns);

    /// <summary>|c|^2 / 2 of one centroid.</summary>
    public float HalfNorm(int centroid) => _halfNorms[_positions[centroid]];

    /// <summary>The panel that holds a centroid.</summary>
    public int PanelOf(int centroid) => _positions[centroid] / ProductTile.Columns;

    /// <summary>Takes the centroids' present values.</summary>
    public void Load(FeatureMatrix centroids)
    {
        LongestNorm = 0;
        for (var i = 0; i < _positions.Length; i++)
        {
            var row = centroids[Ids[i]];
            var target = Panel(i / ProductTile.Columns) + (i % ProductTile.Columns);
            for (var j = 0; j < row.Length; j++)
            {
                target[j * ProductTile.Columns] = row[j];
            }

            var norm = _spherical ? 1 : WideSums.SquaredNorm(row);
            _halfNorms[i] = (float)(norm / 2);
            LongestNorm = Math.Max(LongestNorm, (float)Math.Sqrt(norm));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_values);
        NativeMemory.AlignedFree(_halfNorms);
        _values = null;
        _halfNorms = null;
    }
}
