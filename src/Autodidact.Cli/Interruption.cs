using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Autodidact.Cli;

/// <summary>
/// Handles Ctrl-C, SIGTERM, and SIGHUP, which a terminal sends when it is closed. The first asks the work to stop at a good place, such as
/// after a checkpoint. The second ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _say;
    private readonly string _notice;
    private int _count;

    /// <summary>Listens from now on, if asked to.</summary>
    /// <param name="handleSignals">Whether to listen.</param>
    /// <param name="say">Shows a line to the user.</param>
    /// <param name="notice">The line that the first signal shows.</param>
    public Interruption(bool handleSignals, Action<string> say, string notice = "stopping after a checkpoint")
    {
        _say = say;
        _notice = notice;
        if (!handleSignals) return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle));
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            // Not Environment.Exit: native threads are still training, and running exit handlers under them can crash.
            Process.GetCurrentProcess().Kill();
            return;
        }
        _say($"{_notice}; once more to stop at once");
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended while the line was shown.
        }
    }
}
