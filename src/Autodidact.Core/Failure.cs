using System.Runtime.InteropServices;

namespace Autodidact;

/// <summary>
/// Failures that the system throws and a user can mend: a full disk, a missing permission, too little memory, a native library that does
/// not load. The library hands them on as <see cref="AutodidactException"/>, so that its callers catch one type.
/// </summary>
internal static class Failure
{
    private const string NoAssembly = "Could not load file or assembly";

    /// <summary>The failure as one line with its kind; null for a cancellation, and for a defect of ours.</summary>
    /// <param name="exception">The exception that was thrown.</param>
    public static AutodidactException? Of(Exception exception) => exception switch
    {
        AutodidactException known => known,
        AggregateException several => OfAll(several),
        TypeInitializationException { InnerException: { } cause } => Of(cause),
        DllNotFoundException or BadImageFormatException or EntryPointNotFoundException => Environment(
            exception, $"a native library does not load: {FirstLine(exception)}; 'autodidact doctor' shows what was found"),

        // TorchSharp throws this where it finds no libtorch, and tells of its search on further lines.
        NotSupportedException when exception.Message.Contains("uses TorchSharp but", StringComparison.Ordinal) => Environment(
            exception, $"libtorch does not load: {FirstLine(exception).TrimEnd('.')}; 'autodidact doctor' shows what was found"),
        TaskSchedulerException { InnerException: { } cause } => Of(cause),

        // .NET throws the same where the system gives it no thread.
        OutOfMemoryException when exception.StackTrace?.Contains("Threading.Thread.Start", StringComparison.Ordinal) == true => Environment(
            exception,
            "no more threads can be started: raise the limit of processes (ulimit -u, or the container's), or end other programs"),
        OutOfMemoryException => Environment(
            exception, "out of memory; use a smaller batch (--set pretrain.batch_size=...) or a smaller network"),

        // libtorch's allocator throws this, as TorchSharp hands it on.
        ExternalException when exception.Message.Contains("allocate memory", StringComparison.Ordinal) =>
            Of(new OutOfMemoryException(null, exception)),
        FileNotFoundException or FileLoadException when exception.Message.StartsWith(NoAssembly, StringComparison.Ordinal) => Environment(
            exception, $"a part of the program does not load: {FirstLine(exception)} Install it again, or raise the limit of open files."),
        FileNotFoundException or DirectoryNotFoundException => new AutodidactException(FailureKind.Data, FirstLine(exception), exception),
        UnauthorizedAccessException => Environment(exception, $"{FirstLine(exception)} Check the permissions."),
        IOException => Environment(exception, FirstLine(exception)),
        _ => null,
    };

    /// <summary>Work on several threads meets one fault several times; the first of them stands for all, if each is known.</summary>
    private static AutodidactException? OfAll(AggregateException several)
    {
        var known = several.Flatten().InnerExceptions.Select(Of).ToList();
        return known is [{ } first, ..] && !known.Contains(null) ? first : null;
    }

    /// <summary>The first line of what an exception says.</summary>
    /// <param name="exception">The exception.</param>
    public static string FirstLine(Exception exception) => exception.Message.Split('\n', 2)[0].TrimEnd('\r');

    private static AutodidactException Environment(Exception exception, string line) => new(FailureKind.Environment, line, exception);
}
