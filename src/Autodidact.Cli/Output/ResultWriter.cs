namespace Autodidact.Cli.Output;

/// <summary>A result that cannot be written; kind Environment.</summary>
/// <param name="cause">The system's failure.</param>
internal sealed class UnwrittenResultException(Exception cause)
    : AutodidactException(FailureKind.Environment, $"standard output cannot be written ({OneLine.From(cause.Message)})", cause);

/// <summary>The reader of a pipe has read all it wanted: no failure, and nothing more to do.</summary>
internal sealed class ReaderGoneException : Exception;

/// <summary>Results. Text that cannot be written ends the command.</summary>
/// <param name="inner">Takes the text; it belongs to the caller.</param>
internal sealed class ResultWriter(TextWriter inner) : GuardedWriter(inner)
{
    /// <exception cref="UnwrittenResultException">Always.</exception>
    protected override void Failed(Exception failure) => throw new UnwrittenResultException(failure);
}
