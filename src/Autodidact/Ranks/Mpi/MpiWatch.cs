using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// Ends all ranks where one does not come to a call within a limit, and names it. A rank that has waited for some seconds sends a note of
/// where it is to ranks 0 and 1. At the limit these know who waits with them; the others are missing.
/// </summary>
internal sealed unsafe class MpiWatch : IDisposable
{
    /// <summary>How long a call may take unless the caller sets another limit.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(10);

    /// <summary>The environment variable that sets another limit, in seconds. That of the first rank counts.</summary>
    public const string Variable = "AUTODIDACT_RANK_LIMIT";

    private const int Tag = 4711;
    private const int Reporters = 2;

    /// <summary>The time that the reporters have for their line before the others give up by themselves.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly MpiLibrary _library;
    private readonly nint _world;
    private readonly int _rank;
    private readonly Action<string> _abort;
    private readonly Note[] _heard;
    private readonly Note* _notes;
    private readonly nint[] _requests = new nint[Reporters];
    private readonly bool[] _pending = new bool[Reporters];
    private Note _here;
    private long _told = -1;
    private long _drained = Stopwatch.GetTimestamp();

    public MpiWatch(MpiLibrary library, nint world, int rank, int size, Action<string> abort)
    {
        (_library, _world, _rank, _abort) = (library, world, rank, abort);
        _heard = new Note[size];
        Array.Fill(_heard, new Note(-1, MpiCall.Start));
        _notes = (Note*)NativeMemory.AllocZeroed(Reporters, (nuint)sizeof(Note));
    }

    /// <summary>How long a rank may be waited for; <see cref="Timeout.InfiniteTimeSpan"/> is for ever.</summary>
    public TimeSpan Limit { get; set; } = UsualLimit;

    /// <summary>The machine of each rank, for the line that names one.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    private TimeSpan Patience => TimeSpan.FromTicks(Math.Clamp(Limit.Ticks / 10, 0, TimeSpan.TicksPerSecond * 5));

    /// <summary>The limit that the value of <see cref="Variable"/> sets.</summary>
    /// <param name="seconds">The value; null or empty is the usual limit.</param>
    /// <exception cref="AutodidactException">It is no whole number of seconds in range; kind Usage.</exception>
    public static TimeSpan LimitOf(string? seconds)
    {
        const int Least = 1, Most = 1_000_000;
        if (string.IsNullOrEmpty(seconds)) return UsualLimit;
        return int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= Least and <= Most
            ? TimeSpan.FromSeconds(number)
            : throw new AutodidactException(
                FailureKind.Usage, $"{Variable}={seconds}: give the seconds that ranks wait for each other, {Least} to {Most}");
    }

    /// <summary>This rank comes to its next call.</summary>
    public void Enter(MpiCall call)
    {
        _here = new Note(_here.Number + 1, call);
        if (_rank < Reporters && Stopwatch.GetElapsedTime(_drained) > TimeSpan.FromSeconds(1)) Drain();
    }

    /// <summary>Tells the reporters of a long wait, and ends all ranks after too long a one.</summary>
    /// <param name="waited">How long the present call has waited.</param>
    public void Look(TimeSpan waited)
    {
        if (waited >= Patience && _told != _here.Number) Tell();
        if (waited < Limit || Limit == Timeout.InfiniteTimeSpan) return;
        if (_rank < Reporters)
        {
            Drain();
            _abort(Missing(_heard, _here, _rank, Hosts, Limit));
        }
        else if (waited >= Limit + Grace)
        {
            _abort($"{_here} did not end within {Seconds(Limit)}, and ranks 0 and 1 are silent");
        }
    }

    /// <summary>Takes the notes that nobody needed, before MPI ends.</summary>
    public void Finish()
    {
        if (_rank < Reporters) Drain();
    }

    public void Dispose() => NativeMemory.Free(_notes);

    /// <summary>The line that names the ranks that have not come.</summary>
    /// <param name="heard">The last note of each rank.</param>
    /// <param name="here">The call at which this rank waits.</param>
    /// <param name="own">This rank.</param>
    /// <param name="hosts">The machine of each rank.</param>
    /// <param name="limit">How long it was waited for.</param>
    internal static string Missing(
        IReadOnlyList<Note> heard, Note here, int own, IReadOnlyList<string> hosts, TimeSpan limit)
    {
        const int Shown = 8;

        // A rank that is further has been here.
        var elsewhere = Enumerable.Range(0, heard.Count)
            .Where(rank => rank != own && heard[rank] != here && heard[rank].Number <= here.Number)
            .ToList();
        if (elsewhere.Count == 0) return $"{here} did not end within {Seconds(limit)} though every rank came to it; is a link cut?";
        var names = elsewhere.Take(Shown).Select(rank =>
            $"rank {rank}{(rank < hosts.Count ? $" on {hosts[rank]}" : "")}"
            + (heard[rank].Number == here.Number ? $" (it waits in {heard[rank]})" : ""));
        string more = elsewhere.Count > Shown ? $" and {elsewhere.Count - Shown} more" : "";
        return $"{string.Join(", ", names)}{more} did not come to {here} within {Seconds(limit)}: stopped, cut off, or at work for longer";
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    private void Tell()
    {
        _told = _here.Number;
        for (int reporter = 0; reporter < Reporters && reporter < _heard.Length; reporter++)
        {
            if (reporter == _rank || !Sent(reporter)) continue;
            _notes[reporter] = _here;
            nint request = 0;
            var handles = _library.Handles;
            _library.Check(
                _library.Send(&_notes[reporter], sizeof(Note), handles.Byte, reporter, Tag, _world, &request), "MPI_Isend");
            (_requests[reporter], _pending[reporter]) = (request, true);
        }
    }

    /// <summary>Whether the last note to a reporter has left, so that its place is free.</summary>
    private bool Sent(int reporter)
    {
        if (!_pending[reporter]) return true;
        int done = 0;
        nint request = _requests[reporter];
        _library.Check(_library.Test(&request, &done, _library.Handles.IgnoreStatus), "MPI_Isend");
        (_requests[reporter], _pending[reporter]) = (request, done == 0);
        return done != 0;
    }

    private void Drain()
    {
        _drained = Stopwatch.GetTimestamp();
        var (world, ignore) = (_world, _library.Handles.IgnoreStatus);
        for (int rank = 0; rank < _heard.Length; rank++)
        {
            while (rank != _rank)
            {
                int there = 0;
                _library.Check(_library.Probe(rank, Tag, world, &there, ignore), "MPI_Iprobe");
                if (there == 0) break;
                Note note;
                _library.Check(_library.Receive(&note, sizeof(Note), _library.Handles.Byte, rank, Tag, world, ignore), "MPI_Recv");
                _heard[rank] = note;
            }
        }
    }

    /// <summary>Where a rank is.</summary>
    /// <param name="Number">The number of its call, from 1.</param>
    /// <param name="Call">The call.</param>
    internal readonly record struct Note(long Number, MpiCall Call)
    {
        public override string ToString() => $"{Call.ToString().ToLowerInvariant()} {Number}";
    }
}
