using Autodidact.Metrics;
using CsCheck;

namespace Autodidact.Tests.Metrics;

public sealed class HungarianAssignmentTests
{
    [Fact]
    public void Should_Reach_Scipys_Total()
    {
        foreach (var c in EvaluationFixture.Read<AssignmentCase[]>("assignments.json"))
        {
            var cost = ToMatrix(c.Cost);
            Assert.Equal(c.Total, Total(cost, HungarianAssignment.Minimize(cost)), 9);
        }
    }

    [Fact]
    public void Should_Equal_Trying_All_Assignments_Up_To_Six_By_Six() =>
        Gen.Int[1, 6].SelectMany(rows => Gen.Int[1, 6].SelectMany(columns => Gen.Double[-10, 10].Array[columns].Array[rows]))
            .Sample(
                rows =>
                {
                    var cost = ToMatrix(rows);
                    var assignment = HungarianAssignment.Minimize(cost);
                    return Math.Abs(Total(cost, assignment) - LeastTotal(cost, 0, 0)) < 1e-9;
                },
                iter: 300);

    [Fact]
    public void Should_Give_No_Column_Twice_And_Leave_Rows_Over_Where_Columns_Run_Out()
    {
        var assignment = HungarianAssignment.Minimize(new double[,] { { 3, 1 }, { 1, 0 }, { 9, 9 } });
        Assert.Equal([1, 0, -1], assignment);
    }

    [Fact]
    public void Should_Maximize_As_The_Minimum_Of_The_Negated()
    {
        Assert.Equal([1, 0], HungarianAssignment.Maximize(new double[,] { { 1, 5 }, { 4, 6 } }));
        Assert.Equal([0, 1], HungarianAssignment.Minimize(new double[,] { { 1, 5 }, { 4, 6 } }));
    }

    [Fact]
    public void Should_Refuse_A_Cost_That_Is_Not_Finite() =>
        Assert.Throws<ArgumentException>(() => HungarianAssignment.Minimize(new[,] { { double.NaN } }));

    [Fact]
    public void Should_Accept_A_Matrix_Without_Rows() => Assert.Empty(HungarianAssignment.Minimize(new double[0, 3]));

    /// <summary>Sum of the pairs made; fails where a column is given twice or a pair is missing.</summary>
    private static double Total(double[,] cost, int[] assignment)
    {
        var used = assignment.Where(column => column >= 0).ToArray();
        Assert.Equal(Math.Min(cost.GetLength(0), cost.GetLength(1)), used.Distinct().Count());
        Assert.Equal(used.Length, used.Distinct().Count());
        return assignment.Select((column, row) => column < 0 ? 0 : cost[row, column]).Sum();
    }

    private static double LeastTotal(double[,] cost, int row, int usedColumns)
    {
        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        if (row == rows)
            return int.PopCount(usedColumns) == Math.Min(rows, columns) ? 0 : double.PositiveInfinity;
        var best = rows > columns ? LeastTotal(cost, row + 1, usedColumns) : double.PositiveInfinity;
        for (var column = 0; column < columns; column++)
        {
            if ((usedColumns & (1 << column)) == 0)
                best = Math.Min(best, cost[row, column] + LeastTotal(cost, row + 1, usedColumns | (1 << column)));
        }

        return best;
    }

    private static double[,] ToMatrix(double[][] rows)
    {
        var matrix = new double[rows.Length, rows[0].Length];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows[0].Length; j++)
                matrix[i, j] = rows[i][j];
        }

        return matrix;
    }
}
