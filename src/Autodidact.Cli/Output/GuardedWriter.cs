using System.Text;

namespace Autodidact.Cli.Output;

/// <summary>A writer to a stream of the user's that may fail: closed, on a full disk, a terminal that has gone. Thread-safe.</summary>
/// <param name="inner">Takes the text; it belongs to the caller.</param>
internal abstract class GuardedWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    private readonly Lock _lock = new();

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Do(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Do(() => inner.Write(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => Do(() => inner.Write(value));

    public override void WriteLine() => Do(inner.WriteLine);

    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    public override void WriteLine(string? value) => Do(() => inner.WriteLine(value));

    public override void Flush() => Do(inner.Flush);

    /// <summary>Called before text is written.</summary>
    protected virtual void BeforeWriting()
    {
    }

    /// <summary>Called when text could not be written.</summary>
    /// <param name="failure">The system's failure.</param>
    protected abstract void Failed(Exception failure);

    private void Do(Action write)
    {
        lock (_lock)
        {
            try
            {
                BeforeWriting();
                write();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                Failed(e);
            }
        }
    }
}
