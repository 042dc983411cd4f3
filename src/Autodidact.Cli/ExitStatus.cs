using System.Runtime.InteropServices;

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
        AutodidactException known => ((int)known.Kind, known.Message),
        OperationCanceledException => (Interrupted, "interrupted"),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        TypeInitializationException { InnerException: { } cause } => Of(cause),
        DllNotFoundException or BadImageFormatException or EntryPointNotFoundException =>
            (Environment, $"a native library does not load: {FirstLine(exception)}; 'autodidact doctor' shows what was found"),
        OutOfMemoryException => (Environment, "out of memory; use a smaller batch (--set pretrain.batch_size=...) or a smaller network"),
        // What libtorch's allocator throws, as TorchSharp hands it on.
        ExternalException when exception.Message.Contains("allocate memory", StringComparison.Ordinal) => Of(new OutOfMemoryException()),
        FileNotFoundException or DirectoryNotFoundException => (Data, FirstLine(exception)),
        UnauthorizedAccessException => (Environment, $"{FirstLine(exception)} Check the permissions."),
        IOException => (Environment, FirstLine(exception)),
        _ => (Unexpected, null),
    };

    public static string FirstLine(Exception exception) => exception.Message.Split('\n', 2)[0].TrimEnd('\r');
}
