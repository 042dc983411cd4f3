namespace Autodidact;

/// <summary>Whose fault a failure is. The command line's exit status is its number.</summary>
public enum FailureKind
{
    /// <summary>The request is wrong: an unknown option, a value out of range, an exit the model lacks (exit status 2).</summary>
    Usage = 2,

    /// <summary>The data cannot be used: an image, a model or another file is not found, empty, damaged (exit status 3).</summary>
    Data = 3,

    /// <summary>Training failed: non-finite loss or collapsed features (exit status 4).</summary>
    Training = 4,

    /// <summary>The machine lacks something: native library, disk space, permission (exit status 5).</summary>
    Environment = 5,
}

/// <summary>
/// A failure that the user of a program can cause and mend: the one base of all such exceptions here. Its message is one line that says
/// what is wrong, where, and what to do; its kind says whose fault it is. The command line prints the message as it is, without a stack
/// trace.
/// </summary>
/// <remarks>
/// Three other kinds of exception tell of other things. <see cref="ArgumentException"/> and <see cref="ObjectDisposedException"/> are
/// mistakes of the program that calls; <see cref="OperationCanceledException"/> is what the program asked for.
/// </remarks>
/// <param name="kind">Which exit status it means.</param>
/// <param name="message">
/// One line: what, where, what to do. Control characters in it, such as those of a file's name, are shown as their escapes, so that a
/// terminal does not obey them; the middle of a line of more than 4,000 characters is left out.
/// </param>
/// <param name="innerException">The cause, for logs.</param>
public class AutodidactException(FailureKind kind, string message, Exception? innerException = null)
    : Exception(message is null ? null : Harmless.Message(message), innerException)
{
    /// <summary>Which exit status the failure means.</summary>
    public FailureKind Kind { get; } = kind;
}
