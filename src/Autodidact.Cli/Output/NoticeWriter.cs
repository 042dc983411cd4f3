namespace Autodidact.Cli.Output;

/// <summary>
/// Progress, notices and errors. Nobody's work ends because it cannot be told: text that cannot be written is lost, and the command's
/// status tells that some was. The next text that can be written tells it too.
/// </summary>
/// <param name="inner">Takes the text; it belongs to the caller.</param>
internal sealed class NoticeWriter(TextWriter inner) : GuardedWriter(inner)
{
    private readonly TextWriter _inner = inner;
    private bool _lost;

    /// <summary>Why text was lost, the first time; null where none was.</summary>
    public string? Failure { get; private set; }

    protected override void BeforeWriting()
    {
        if (!_lost) return;
        _inner.WriteLine($"autodidact: lines before this one could not be written here ({Failure})");
        _lost = false;
    }

    protected override void Failed(Exception failure)
    {
        _lost = true;
        Failure ??= OneLine.From(failure.Message);
    }
}
