using System.Text;

namespace Autodidact.Cli.Output;

/// <summary>
/// Standard output, with a look for its reader before every text. .NET does not say that a pipe has lost its reader, so
/// <c>autodidact predict ... | head</c> would go on for nobody.
/// </summary>
/// <param name="inner">Takes the text; it belongs to the caller.</param>
/// <param name="hasReader">Whether somebody can still read it.</param>
internal sealed class PipeWriter(TextWriter inner, Func<bool> hasReader) : TextWriter(inner.FormatProvider)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Open().Write(value);

    public override void Write(char[] buffer, int index, int count) => Open().Write(buffer, index, count);

    public override void Write(string? value) => Open().Write(value);

    public override void WriteLine() => Open().WriteLine();

    public override void WriteLine(string? value) => Open().WriteLine(value);

    public override void Flush() => inner.Flush();

    private TextWriter Open() => hasReader() ? inner : throw new ReaderGoneException();
}
