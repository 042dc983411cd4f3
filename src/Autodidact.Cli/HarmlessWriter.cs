using System.Text;

namespace Autodidact.Cli;

/// <summary>
/// Writes text that a terminal cannot obey, whatever names and values it holds; see <see cref="Harmless"/>. A text that is written as a
/// line is one line; only text written without <see cref="TextWriter.WriteLine(string)"/> may hold several.
/// </summary>
/// <param name="inner">Takes the text; it belongs to the caller.</param>
internal sealed class HarmlessWriter(TextWriter inner) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>The writer that takes text as it is.</summary>
    public TextWriter Raw => inner;

    public override void Write(char value)
    {
        if (value == '\n' || !Harmless.IsObeyed(value)) inner.Write(value);
        else inner.Write(Harmless.Line(value.ToString()));
    }

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(Harmless.Lines(buffer));

    public override void Write(string? value) => inner.Write(Harmless.Lines(value));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(ReadOnlySpan<char> buffer) => WriteLine(buffer.ToString());

    public override void WriteLine(string? value) => inner.WriteLine(Harmless.Line(value ?? ""));

    public override void Flush() => inner.Flush();
}
