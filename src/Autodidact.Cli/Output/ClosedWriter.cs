using System.Text;

namespace Autodidact.Cli.Output;

/// <summary>Standard output of a command that was started without one.</summary>
internal sealed class ClosedWriter : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    /// <exception cref="IOException">Always.</exception>
    public override void Write(char value) => throw new IOException("it is closed");
}
