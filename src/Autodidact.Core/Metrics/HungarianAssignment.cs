namespace Autodidact.Metrics;

/// <summary>
/// The assignment problem: each row gets a column of its own so that the sum of costs is least (Kuhn 1955; the shortest-augmenting-path
/// form of Jonker and Volgenant 1987). O(n^2 m) for n rows and m columns, n the smaller side.
/// </summary>
internal static class HungarianAssignment
{
    /// <summary>Finds an assignment of least cost. Any rectangular matrix will do: min(rows, columns) pairs are made.</summary>
    /// <param name="cost">Costs, rows by columns, finite; negative values allowed.</param>
    /// <returns>For each row its column, or -1 where columns ran out.</returns>
    /// <exception cref="ArgumentException">A cost is not finite.</exception>
    public static int[] Minimize(double[,] cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        foreach (var value in cost)
        {
            if (!double.IsFinite(value))
                throw new ArgumentException($"every cost must be finite, found {value}", nameof(cost));
        }

        int rows = cost.GetLength(0), columns = cost.GetLength(1);
        if (rows <= columns)
            return Solve(cost, rows, columns, transposed: false);
        var rowOfColumn = Solve(cost, columns, rows, transposed: true);
        var columnOfRow = new int[rows];
        Array.Fill(columnOfRow, -1);
        for (var column = 0; column < columns; column++)
            columnOfRow[rowOfColumn[column]] = column;
        return columnOfRow;
    }

    /// <summary>Finds an assignment of greatest gain.</summary>
    /// <param name="gain">Gains, rows by columns.</param>
    /// <returns>For each row its column, or -1 where columns ran out.</returns>
    public static int[] Maximize(double[,] gain)
    {
        ArgumentNullException.ThrowIfNull(gain);
        var cost = new double[gain.GetLength(0), gain.GetLength(1)];
        for (var row = 0; row < cost.GetLength(0); row++)
        {
            for (var column = 0; column < cost.GetLength(1); column++)
                cost[row, column] = -gain[row, column];
        }

        return Minimize(cost);
    }

    /// <summary>
    /// Adds one row after another; each time a shortest path of reduced costs leads from the new row to a free column. Index 0 stands for
    /// "none", so that the new row can wait there: rows and columns count from 1 inside.
    /// </summary>
    private static int[] Solve(double[,] cost, int rows, int columns, bool transposed)
    {
        var rowPotential = new double[rows + 1];
        var columnPotential = new double[columns + 1];
        var rowOf = new int[columns + 1];
        var previous = new int[columns + 1];
        var distance = new double[columns + 1];
        var done = new bool[columns + 1];
        for (var row = 1; row <= rows; row++)
        {
            Array.Fill(distance, double.PositiveInfinity);
            Array.Clear(done);
            rowOf[0] = row;
            var current = 0;
            do
            {
                done[current] = true;
                var from = rowOf[current];
                var step = double.PositiveInfinity;
                var next = 0;
                for (var column = 1; column <= columns; column++)
                {
                    if (done[column])
                        continue;
                    var value = transposed ? cost[column - 1, from - 1] : cost[from - 1, column - 1];
                    var reduced = value - rowPotential[from] - columnPotential[column];
                    if (reduced < distance[column])
                        (distance[column], previous[column]) = (reduced, current);
                    if (distance[column] < step)
                        (step, next) = (distance[column], column);
                }

                for (var column = 0; column <= columns; column++)
                {
                    if (done[column])
                    {
                        rowPotential[rowOf[column]] += step;
                        columnPotential[column] -= step;
                    }
                    else
                    {
                        distance[column] -= step;
                    }
                }

                current = next;
            }
            while (rowOf[current] != 0);

            for (; current != 0; current = previous[current])
                rowOf[current] = rowOf[previous[current]];
        }

        var result = new int[rows];
        for (var column = 1; column <= columns; column++)
        {
            if (rowOf[column] != 0)
                result[rowOf[column] - 1] = column - 1;
        }

        return result;
    }
}
