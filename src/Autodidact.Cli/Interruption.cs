using System.Runtime.InteropServices;

namespace Autodidact.Cli;

/// <summary>
/// Handles Ctrl-C, SIGTERM, SIGHUP, which a terminal sends when it is closed, and SIGUSR1, by which Slurm and other job managers say that a
/// time limit is near. The first asks the work to stop at a good place, such as
/// after a checkpoint. The second ends the process at once, unless it comes along with the first: <c>timeout</c>, for one, sends its signal
/// to the process and to its group.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>Signals that come so soon after the first are one with it.</summary>
    private const long OneSignalMilliseconds = 500;

    /// <summary>SIGUSR1 of Linux.</summary>
    private const int LinuxUserSignal = 10;

    private static int _listening;
    private static List<PosixSignalRegistration>? _fromTheStart;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _say;
    private readonly string _notice;
    private long _first;

    /// <summary>Listens from now on, if asked to.</summary>
    /// <param name="handleSignals">Whether to listen.</param>
    /// <param name="say">Shows a line to the user.</param>
    /// <param name="notice">The line that the first signal shows.</param>
    public Interruption(bool handleSignals, Action<string> say, string notice = "stopping after a checkpoint")
    {
        _say = say;
        _notice = notice;
        if (!handleSignals) return;
        _registrations.AddRange(Register(Handle));
        Interlocked.Increment(ref _listening);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>
    /// Ends the process at a signal with the status of an interruption, as long as nothing is at work that listens itself: at the start,
    /// and in commands that are over in a moment.
    /// </summary>
    public static void AnswerFromTheStart() => _fromTheStart ??= Register(context =>
    {
        context.Cancel = true;
        if (Volatile.Read(ref _listening) == 0) ProcessEnd.Now(ExitStatus.Interrupted);
    });

    public void Dispose()
    {
        if (_registrations.Count > 0) Interlocked.Decrement(ref _listening);
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private static List<PosixSignalRegistration> Register(Action<PosixSignalContext> handle)
    {
        List<PosixSignalRegistration> registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, handle),
        ];

        // Other systems number it in another way, and .NET has no name for it.
        if (OperatingSystem.IsLinux()) registrations.Add(PosixSignalRegistration.Create((PosixSignal)LinuxUserSignal, handle));
        return registrations;
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        var now = Environment.TickCount64;
        if (Interlocked.CompareExchange(ref _first, now, 0) is not 0 and var first)
        {
            if (now - first > OneSignalMilliseconds) ProcessEnd.Now(ExitStatus.Interrupted);
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
