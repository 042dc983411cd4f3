namespace Autodidact.Cli;

/// <summary>Exit statuses, and which failure means which.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int Unexpected = 1;
    public const int Usage = (int)FailureKind.Usage;
    public const int Data = (int)FailureKind.Data;
    public const int Environment = (int)FailureKind.Environment;
    public const int Interrupted = 130;

    /// <summary>The status of a failure and the line that explains it; for a defect of ours the line is null.</summary>
    public static (int Status, string? Line) Of(Exception exception) => exception switch
    {
        OperationCanceledException => (Interrupted, "interrupted"),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        _ => Failure.Of(exception) is { } known ? ((int)known.Kind, known.Message) : (Unexpected, null),
    };
}
