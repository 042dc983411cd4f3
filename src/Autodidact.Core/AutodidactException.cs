namespace Autodidact;

/// <summary>Why a run cannot go on, as the command line's exit status tells it.</summary>
public enum FailureKind
{
    /// <summary>The request is wrong: an unknown option, a value out of range (exit status 2).</summary>
    Usage = 2,

    /// <summary>The data cannot be used: not found, empty, unreadable (exit status 3).</summary>
    Data = 3,

    /// <summary>Training failed: non-finite loss or collapsed features (exit status 4).</summary>
    Training = 4,

    /// <summary>The machine lacks something: native library, disk space, permission (exit status 5).</summary>
    Environment = 5,
}

/// <summary>
/// A failure a user can act on. Its message is one line that says what is wrong, where, and what to do;
/// the command line prints it as it is, without a stack trace.
/// </summary>
/// <param name="kind">Which exit status it means.</param>
/// <param name="message">One line: what, where, what to do.</param>
/// <param name="innerException">The cause, for logs.</param>
public sealed class AutodidactException(FailureKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Which exit status the failure means.</summary>
    public FailureKind Kind { get; } = kind;
}
