using Autodidact.Clustering;
using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

public class NeighborSearchTests
{
    [Theory]
    [InlineData(97, 5, 4)]
    [InlineData(8200, 3, 2)] // three blocks of rows
    public void Should_Find_What_All_Cosines_In_Double_Precision_Find(int count, int columns, int neighbors)
    {
        using var rows = Rows.Groups(count, columns, groups: 7, deviation: 3);
        var found = NeighborSearch.Find(rows, neighbors);
        var unit = Enumerable.Range(0, count).Select(i => Unit(rows[i])).ToArray();
        for (var i = 0; i < count; i += 1 + (count / 100))
        {
            var cosines = unit.Select((other, j) => j == i ? double.NegativeInfinity : Dot(unit[i], other)).ToArray();
            var wanted = cosines.OrderDescending().Take(neighbors).ToArray();
            var given = found.AsSpan(i * neighbors, neighbors).ToArray();
            Assert.Equal(neighbors, given.Distinct().Count());
            Assert.DoesNotContain(i, given);

            // Cosines that differ by less than rounding may change places.
            Assert.All(given.Zip(wanted), pair => Assert.Equal(pair.Second, cosines[pair.First], 1e-6));
        }
    }

    [Fact]
    public void Should_Equal_Neighbours_Found_By_Hand()
    {
        // Directions of 0, 20, 180, 30 and again 20 degrees, of several lengths; the copies are each other's nearest.
        using var rows = Matrix([3, 0], [0.94f, 0.342f], [-1, 0], [8.66f, 5], [0.94f, 0.342f]);
        Assert.Equal([1, 4, 4, 3, 3, 1, 1, 4, 1, 3], NeighborSearch.Find(rows, 2));
    }

    [Fact]
    public void Should_Seek_Among_An_Even_Part_Of_A_Large_Set()
    {
        const int Most = 4100; // two blocks of rows
        using var rows = Rows.Groups(9000, 4, groups: 7, deviation: 3);
        int[] bank = [.. Enumerable.Range(0, Most).Select(i => i * 9000 / Most)];
        var found = NeighborSearch.Find(rows, 3, most: Most);
        var unit = Enumerable.Range(0, rows.Rows).Select(i => Unit(rows[i])).ToArray();
        for (var i = 0; i < rows.Rows; i += 45)
        {
            var given = found.AsSpan(i * 3, 3).ToArray();
            Assert.All(given, item => Assert.Contains(item, bank));
            Assert.DoesNotContain(i, given);
            var wanted = bank.Where(j => j != i).Select(j => Dot(unit[i], unit[j])).OrderDescending().Take(3);
            Assert.All(given.Zip(wanted), pair => Assert.Equal(pair.Second, Dot(unit[i], unit[pair.First]), 1e-6));
        }
    }

    [Fact]
    public void Should_Take_The_Lower_Number_Of_Equals_And_Never_The_Row_Itself()
    {
        using var same = new FeatureMatrix(20, 3);
        for (var i = 0; i < same.Rows; i++) same[i].Fill(1);
        var found = NeighborSearch.Find(same, 19);
        for (var i = 0; i < same.Rows; i++)
        {
            Assert.Equal(Enumerable.Range(0, 20).Where(j => j != i), found.AsSpan(i * 19, 19).ToArray());
        }
    }

    [Fact]
    public void Should_Not_Depend_On_Threads_Nor_On_The_Length_Of_Rows()
    {
        using var rows = Rows.Grid(500, 6, levels: 4, seed: 3);
        using var longer = rows.Select(Enumerable.Range(0, rows.Rows).ToArray());
        for (var i = 0; i < longer.Rows; i++)
        {
            foreach (ref var value in longer[i]) value *= 4;
        }

        var found = NeighborSearch.Find(rows, 7, threads: 1);
        Assert.Equal(found, NeighborSearch.Find(rows, 7, threads: 3));
        Assert.Equal(found, NeighborSearch.Find(longer, 7));
    }

    [Fact]
    public void Should_Refuse_More_Neighbours_Than_Others_And_Rows_That_Are_Not_Finite()
    {
        using var rows = Matrix([1, 0], [0, 1], [float.NaN, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => NeighborSearch.Find(rows, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => NeighborSearch.Find(rows, 0));
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => NeighborSearch.Find(rows, 1)).Kind);
    }

    private static FeatureMatrix Matrix(params float[][] rows)
    {
        var matrix = new FeatureMatrix(rows.Length, rows[0].Length);
        for (var i = 0; i < rows.Length; i++) rows[i].CopyTo(matrix[i]);
        return matrix;
    }

    private static double[] Unit(ReadOnlySpan<float> row)
    {
        var values = row.ToArray().Select(v => (double)v).ToArray();
        var length = Math.Sqrt(Dot(values, values));
        return [.. values.Select(v => v / length)];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b).Sum(p => p.First * p.Second);
}
