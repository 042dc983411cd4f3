using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public sealed class ExperimentReportTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("autodidact-report-").FullName;
    private readonly Experiment _experiment;
    private readonly string _report;

    public ExperimentReportTests()
    {
        _experiment = ExitExperiment.In(_home);
        _report = ExperimentReport.Markdown(_experiment, ExitExperiment.Rows(_experiment));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    // Intervals of two pairs: 12.706 times the half of their distance. Exit 1 differs by 3 and 1, exit 2 by 3 and 7.
    [Fact]
    public void Should_Show_All_Exits_In_One_Table_And_Not_Again()
    {
        Assert.Contains(
            """
            ## Linear probe of each exit

            Mean ± sd (%), n = 2 where nothing else is said.

            | variant | exit 1 | exit 2 |
            | --- | --- | --- |
            | plain | 42.00 ± 2.83 | 51.00 ± 1.41 |
            | hot | 44.00 ± 1.41 | 56.00 ± 4.24 |
            | top (labels) | 60.00 ± n/a (n = 1) | 70.00 ± n/a (n = 1) |

            Difference from `plain` (points) and its 95 % interval.

            | variant | exit 1 | exit 2 |
            | --- | --- | --- |
            | hot | +2.00 (-10.71 to +14.71) | +5.00 (-20.41 to +30.41) |
            | top (labels) | +20.00 (n/a) (n = 1) | +20.00 (n/a) (n = 1) |

            """,
            _report, StringComparison.Ordinal);
        Assert.DoesNotContain("## exits.2.linear\n", _report, StringComparison.Ordinal);
        Assert.DoesNotContain("k-NN", _report, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Show_The_Size_Of_Each_Exit_Once_For_Variants_That_Have_It_In_Common() => Assert.Contains(
        """
        | variants | parameters, deepest exit | MACs, exit 1 | MACs, exit 2 |
        | --- | --- | --- | --- |
        | plain, hot | 1,000 | 1,000,000 | 3,000,000 |
        | top (labels) | 1,000 | 1,000,000 | 4,000,000 |

        """,
        _report, StringComparison.Ordinal);

    // Exit 2 minus exit 1: plain 10 and 8, hot 10 and 14, which differ by 0 and 6.
    [Fact]
    public void Should_Give_A_Difference_Within_Runs_An_Interval_Of_Its_Own() => Assert.Contains(
        """
        ## exits.2.linear - exits.1.linear

        | variant | n | mean ± sd (points) | 95 % interval of the mean | difference (points) | 95 % interval | pairs |
        | --- | --- | --- | --- | --- | --- | --- |
        | plain | 2 | 9.00 ± 1.41 | -3.71 to +21.71 | baseline | | |
        | hot | 2 | 12.00 ± 2.83 | -13.41 to +37.41 | +3.00 | -35.12 to +41.12 | 2 |
        | top (labels) | 1 | 10.00 ± n/a | n/a | +0.00 | n/a | 1 |

        """,
        _report, StringComparison.Ordinal);

    // Hot's exit 2 is 13 and 15 above plain's exit 1.
    [Fact]
    public void Should_Compare_Across_Variants_And_Figures_With_A_Verdict() => Assert.Contains(
        """
        | comparison | first | second | difference | 95 % interval | pairs | verdict |
        | --- | --- | --- | --- | --- | --- | --- |
        | deep \| hot | hot: exits.2.linear | plain: exits.1.linear | +14.00 | +1.29 to +26.71 | 2 | above zero |
        | and back | plain: exits.1.linear | hot: exits.2.linear | -14.00 | -26.71 to -1.29 | 2 | below zero |
        | shallow | hot: exits.1.linear | plain: exits.1.linear | +2.00 | -10.71 to +14.71 | 2 | not told apart |
        | bound | top (labels): exits.2.linear | plain: exits.2.linear | +20.00 | n/a | 1 | n/a |

        """,
        _report, StringComparison.Ordinal);

    [Fact]
    public void Should_Say_What_Distillation_Cost_And_Saw() => Assert.Contains(
        """
        | variant | distillation (s) | images seen |
        | --- | --- | --- |
        | plain | 15.0 | 1,500 |
        | hot | 15.0 | 1,500 |
        | top (labels) | 10.0 | n/a |

        """,
        _report, StringComparison.Ordinal);

    [Fact]
    public void Should_Mark_Whatever_Read_Labels_Wherever_It_Stands()
    {
        Assert.Contains("(labels) marks upper bounds", _report, StringComparison.Ordinal);
        Assert.DoesNotContain("| top |", _report, StringComparison.Ordinal);
        Assert.DoesNotContain("| top,", _report, StringComparison.Ordinal);
        Assert.Contains("| top (labels), seed 1 |", _report, StringComparison.Ordinal);
        var small = SmallExperiment.In(_home);
        Assert.DoesNotContain(
            "labels", ExperimentReport.Markdown(small, [SmallExperiment.Row(small.Cells[0], 0.5)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0.0, "above zero")]
    [InlineData(-1, 0.0, "below zero")]
    [InlineData(0, 0.0, "not told apart")]
    [InlineData(0, 1.0, "not told apart")]
    [InlineData(1, null, "n/a")]
    public void Should_Tell_Apart_What_Leaves_Zero_Out(double mean, double? deviation, string verdict) =>
        Assert.Equal(verdict, ComparisonTable.Verdict(new Sample(2, mean, deviation)));

    [Fact]
    public void Should_Write_Each_Picture_It_Shows_The_Same_Each_Time()
    {
        Directory.CreateDirectory(_experiment.Folder);
        ExperimentReport.Write(_experiment, ExitExperiment.Rows(_experiment));
        var pictures = Directory.GetFiles(_experiment.Folder, "*.svg").Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            ["accuracy-macs.svg", "differences-1.svg", "differences-2.svg", "differences-3.svg"], pictures.Select(Path.GetFileName));
        Assert.All(pictures, p => Assert.Contains($"]({Path.GetFileName(p)})\n", _report, StringComparison.Ordinal));
        Assert.Equal(_report, File.ReadAllText(_experiment.ReportPath));
        var before = pictures.Select(File.ReadAllText).ToArray();
        ExperimentReport.Write(_experiment, ExitExperiment.Rows(_experiment));
        Assert.Equal(before, pictures.Select(File.ReadAllText));
    }
}
