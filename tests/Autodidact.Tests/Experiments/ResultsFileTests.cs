using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public sealed class ResultsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-results-").FullName;
    private readonly Experiment _experiment;

    public ResultsFileTests() => _experiment = SmallExperiment.In(_folder);

    private string Table => Path.Combine(_folder, "results.csv");

    private IReadOnlyList<string> Metrics => _experiment.File.Metrics;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Have_A_Row_On_Disk_As_Soon_As_It_Is_Appended()
    {
        var row = SmallExperiment.Row(_experiment.Cells[1], 0.123456789012345, encoderFrom: "plain-seed1-x");
        using var file = ResultsFile.Open(Table, Metrics);
        file.Append(row);
        Assert.Equal(row.ToFields(), Assert.Single(ResultsFile.Read(Table, Metrics)).ToFields());
        Assert.Equal(0.123456789012345, file.Rows[0].Metrics[0]);
        Assert.Null(ResultsFile.Read(Table, Metrics)[0].Metrics[1]);
        Assert.StartsWith(
            "variant,seed,exits.2.linear,ensemble.knn,cluster.inertia,parameters,macs,images_seen,seconds_prepare,seconds_pretrain,",
            Text(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Drop_A_Torn_Last_Row_Wherever_It_Was_Torn()
    {
        using (var file = ResultsFile.Open(Table, Metrics))
        {
            file.Append(SmallExperiment.Row(_experiment.Cells[0], 0.5));
            file.Append(SmallExperiment.Row(_experiment.Cells[1], 0.6));
        }

        var whole = File.ReadAllBytes(Table);
        var lines = File.ReadAllLines(Table);
        var second = whole.Length - System.Text.Encoding.UTF8.GetByteCount(lines[2]) - 1;
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Table, whole[..length]);
            var rows = length < second ? 0 : 1;
            if (length < lines[0].Length + 1) Assert.Empty(ResultsFile.Read(Table, Metrics));
            if (length >= second) Assert.Single(ResultsFile.Read(Table, Metrics));
            using (var file = ResultsFile.Open(Table, Metrics))
            {
                Assert.Equal(rows, file.Rows.Count);
                file.Append(SmallExperiment.Row(_experiment.Cells[1], 0.6));
            }

            Assert.Equal(rows + 2, File.ReadAllLines(Table).Length);
        }

        // With the last byte there the row is whole.
        File.WriteAllBytes(Table, whole);
        Assert.Equal(2, ResultsFile.Read(Table, Metrics).Count);
    }

    [Fact]
    public void Should_Name_The_Column_Of_A_Difference_As_The_Experiment_Does()
    {
        var experiment = ExitExperiment.In(_folder);
        using (var file = ResultsFile.Open(Table, experiment.File.Metrics))
        {
            foreach (var row in ExitExperiment.Rows(experiment)) file.Append(row);
        }

        Assert.StartsWith(
            "variant,seed,exits.2.linear,exits.1.linear,exits.1.macs,exits.2.macs,exits.2.linear - exits.1.linear,parameters,",
            Text(),
            StringComparison.Ordinal);
        var read = ResultsFile.Read(Table, experiment.File.Metrics);
        Assert.Equal(ExitExperiment.Rows(experiment).SelectMany(r => r.ToFields()), read.SelectMany(r => r.ToFields()));
        Assert.Equal([1000, 1000, null, 2000, 2000], read.Select(r => r.ImagesSeen));
    }

    [Fact]
    public void Should_Let_One_Process_Write_At_A_Time()
    {
        using var file = ResultsFile.Open(Table, Metrics);
        Assert.Contains(
            "another process",
            Assert.Throws<AutodidactException>(() => ResultsFile.Open(Table, Metrics)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_Other_Columns_And_What_Is_No_Table()
    {
        ResultsFile.Open(Table, Metrics).Dispose();
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => ResultsFile.Open(Table, ["ensemble.knn"])).Kind);
        File.AppendAllText(Table, "plain,1\n");
        var refused = Assert.Throws<AutodidactException>(() => ResultsFile.Open(Table, Metrics));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains("line 2 has 2 fields", refused.Message, StringComparison.Ordinal);
    }

    private string Text()
    {
        using var stream = new FileStream(Table, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
