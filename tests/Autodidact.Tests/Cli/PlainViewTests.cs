using Autodidact.Cli.Rendering;
using Autodidact.Runs;

namespace Autodidact.Tests.Cli;

public class PlainViewTests
{
    private readonly StringWriter _writer = new() { NewLine = "\n" };
    private readonly ManualTime _time = new();

    [Fact]
    public void Should_Tell_A_Stage_In_A_Few_Plain_Lines()
    {
        Show(0.5, 1000, "loss 5.1");
        Assert.Equal(
            """
            [  0.0s] pretrain: SimCLR
            [   50s] pretrain 10%: loss 5.1, 7m30s left
            [ 1m40s] pretrain 20%: loss 5.1, 6m40s left
            """.ReplaceLineEndings("\n"),
            string.Join('\n', Lines.Take(3)));
        Assert.Equal("[ 8m20s] pretrain: done in 8m20s, k-NN 61.2%", Lines[^1]);
        Assert.InRange(Lines.Length, 10, 12);
        Assert.DoesNotContain('\e', _writer.ToString());
    }

    [Fact]
    public void Should_Not_Write_Twice_Within_Ten_Seconds()
    {
        Show(0.001, 20, "");
        Assert.Equal(2, Lines.Length);
    }

    [Fact]
    public void Should_Not_Be_Silent_For_More_Than_A_Minute()
    {
        Show(0.7, 10_000, "");
        var progress = Lines.Count(line => line.Contains('%') && line.Contains("left"));
        Assert.InRange(progress, 110, 120);
    }

    [Fact]
    public void Should_Say_What_Was_Already_Done_And_Pass_Notices_On()
    {
        var view = new PlainView(_writer, _time);
        view.Report(new StageCompleted(Stage.Cluster, TimeSpan.Zero, true, ""));
        view.Report(new Notice("3 images skipped"));
        Assert.Equal(["[  0.0s] cluster: already done", "[  0.0s] 3 images skipped"], Lines);
    }

    private string[] Lines => _writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Show(double secondsPerStep, int steps, string text)
    {
        var view = new PlainView(_writer, _time);
        view.Report(new StageStarted(Stage.Pretrain, "SimCLR", steps));
        for (var step = 1; step <= steps; step++)
        {
            _time.Advance(TimeSpan.FromSeconds(secondsPerStep));
            view.Report(new StageProgress(Stage.Pretrain, step, steps, text, TimeSpan.FromSeconds(secondsPerStep * (steps - step))));
        }
        view.Report(new StageCompleted(Stage.Pretrain, TimeSpan.FromSeconds(secondsPerStep * steps), false, "k-NN 61.2%"));
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
