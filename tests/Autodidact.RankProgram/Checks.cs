using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Autodidact.Ranks.Mpi;

namespace Autodidact.RankProgram;

/// <summary>Things that ranks do together. A wrong result is an exception.</summary>
internal static class Checks
{
    public static void Run(string check, MpiLink link, string[] arguments)
    {
        switch (check)
        {
            case "all":
                Sums(link);
                Repeats(link);
                Gathers(link);
                Broadcasts(link);
                Threads(link);
                NullReference();
                break;
            case "train": TrainingCheck.Run(link, arguments[0], arguments[1..]); break;
            case "speed": Speed(link, arguments); break;
            case "abort": Abort(link, all: arguments.Contains("all")); break;
            case "thread": ThreadFails(link); break;
            case "throw": Throw(link); break;
            case "killed": Killed(link); break;
            case "work": Work(link, int.Parse(arguments[0], CultureInfo.InvariantCulture)); break;
            case "late": Late(link, int.Parse(arguments[0], CultureInfo.InvariantCulture)); break;
            case "patient": Patient(link, int.Parse(arguments[0], CultureInfo.InvariantCulture)); break;
            default: throw new ArgumentException($"no check is named {check}", nameof(check));
        }
    }

    /// <summary>The same with threads in the processes, fewer in the first than in the others.</summary>
    private static void Threads(MpiLink processes)
    {
        int threads = Math.Min(2, 1 + processes.Rank);
        int all = 1 + 2 * (processes.Size - 1);
        HybridRanks.Run(processes, threads, (thread, ranks) =>
        {
            Require(ranks.Size == all, $"{ranks.Size} ranks, and not {all}");
            Require(ranks.Rank == Math.Max(0, 2 * processes.Rank - 1) + thread, $"rank {ranks.Rank} is thread {thread}");
            foreach (int length in new[] { 0, 1, 8_191, 1_000_003, 4_300_001 })
            {
                Sum<double>(ranks.Rank, ranks.Size, length, value => ranks.Sum(value), rank => 1 / (rank + 3.0));
            }
            int[] lengths = [.. Enumerable.Range(0, all).Select(rank => rank % 2 == 0 ? 3 * rank : 100_000 * rank)];
            var gathered = new byte[lengths.Sum()];
            ranks.Gather(Content(lengths, ranks.Rank), gathered, lengths);
            byte[] expected = [.. Enumerable.Range(0, all).SelectMany(rank => Content(lengths, rank))];
            Require(gathered.AsSpan().SequenceEqual(expected), "a gather is wrong");
            Require(ranks.Agree(ranks.IsFirst), "a broadcast is wrong");
            Require(ranks.Any(ranks.Rank == all - 1), "the last rank is not heard");
            return true;
        });
    }

    private static void Sums(MpiLink link)
    {
        int[] lengths = [0, 1, 5, 8_191, 65_537, 1_000_003];
        foreach (int length in lengths)
        {
            Sum<float>(link.Rank, link.Size, length, value => link.Sum(value), rank => 1 / (rank + 3f));
            Sum<double>(link.Rank, link.Size, length, value => link.Sum(value), rank => 1 / (rank + 3.0));
            Sum<long>(link.Rank, link.Size, length, value => link.Sum(value), rank => (rank + 1L) << 40);
        }

        // It takes three pieces.
        Sum<double>(link.Rank, link.Size, 4_300_001, value => link.Sum(value), rank => 1 / (rank + 3.0));
    }

    /// <summary>Sums are those of a loop over the ranks in their order, to the last bit.</summary>
    private static void Sum<T>(int own, int size, int length, Action<T[]> sum, Func<int, T> ofRank)
        where T : unmanaged, INumber<T>
    {
        var values = Values(own);
        var expected = new T[length];
        for (int rank = 0; rank < size; rank++)
        {
            var others = Values(rank);
            for (int i = 0; i < length; i++) expected[i] = rank == 0 ? others[i] : expected[i] + others[i];
        }
        sum(values);
        Require(Bytes(values).SequenceEqual(Bytes(expected)), $"a sum of {length} {typeof(T).Name} is wrong");

        T[] Values(int rank) => [.. Enumerable.Range(0, length).Select(i => ofRank(rank) * T.CreateChecked(1 + i % 1013))];
    }

    /// <summary>The same bits come again whoever is late.</summary>
    private static void Repeats(MpiLink link)
    {
        byte[]? first = null;
        for (int turn = 0; turn < 5; turn++)
        {
            float[] values = [.. Enumerable.Range(0, 200_001).Select(i => MathF.Sin(i * (link.Rank + 1)))];
            if (link.Rank == turn % link.Size) Thread.Sleep(20);
            link.Sum(values);
            first ??= Bytes(values).ToArray();
            Require(Bytes(values).SequenceEqual(first), "a sum has other bits the second time");
        }
    }

    private static void Gathers(MpiLink link)
    {
        // Some ranks send nothing, and then all of them.
        foreach (int most in new[] { 0, 1, 1_000, 3_000_000 })
        {
            int[] lengths = [.. Enumerable.Range(0, link.Size).Select(rank => rank % 2 == 0 ? 0 : most * rank)];
            var all = new byte[lengths.Sum()];
            link.Gather(Content(lengths, link.Rank), all, lengths);
            byte[] expected = [.. Enumerable.Range(0, link.Size).SelectMany(rank => Content(lengths, rank))];
            Require(all.AsSpan().SequenceEqual(expected), "a gather is wrong");
        }
    }

    private static byte[] Content(int[] lengths, int rank) => [.. Enumerable.Range(0, lengths[rank]).Select(i => (byte)(i * 7 + rank))];

    private static void Broadcasts(MpiLink link)
    {
        for (int root = 0; root < link.Size; root++)
        {
            foreach (int length in new[] { 0, 1, 1_000_003 })
            {
                byte[] values = [.. Enumerable.Range(0, length).Select(i => (byte)(i + link.Rank))];
                link.Broadcast(values, root);
                Require(values.Index().All(value => value.Item == (byte)(value.Index + root)), "a broadcast is wrong");
            }
            link.Meet();
        }
    }

    /// <summary>MPI libraries answer the signal of which .NET makes this exception.</summary>
    private static void NullReference()
    {
        for (int turn = 0; turn < 3; turn++)
        {
            bool caught = false;
            try
            {
                Touch(null!);
            }
            catch (NullReferenceException)
            {
                caught = true;
            }
            Require(caught, "a null reference was no exception");
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static int Touch(Box box) => box.Value++;
    }

    /// <summary>The last rank fails while the others wait for it; or all fail together.</summary>
    private static void Abort(MpiLink link, bool all)
    {
        link.Meet();
        if (all || link.Rank == link.Size - 1) throw new AutodidactException(FailureKind.Training, "the loss is not finite");
        link.Meet();
    }

    /// <summary>A thread of the last process fails while all others wait for it.</summary>
    private static void ThreadFails(MpiLink processes) => HybridRanks.Run(processes, 2, (_, ranks) =>
    {
        if (ranks.Rank == ranks.Size - 1) throw new AutodidactException(FailureKind.Training, "the loss is not finite");
        ranks.Sum(new double[1_000_003]);
        return true;
    });

    /// <summary>The last rank ends of a mistake that nobody caught.</summary>
    private static void Throw(MpiLink link)
    {
        link.Meet();
        if (link.Rank == link.Size - 1) throw new InvalidOperationException("a mistake of the program");
        link.Meet();
    }

    /// <summary>The last rank is killed, as by a system that lacks memory.</summary>
    private static void Killed(MpiLink link)
    {
        link.Meet();
        if (link.Rank == link.Size - 1) Process.GetCurrentProcess().Kill();
        link.Meet();
    }

    /// <summary>Sums for some time, for who cuts a link or ends a rank meanwhile.</summary>
    private static void Work(MpiLink link, int seconds)
    {
        link.Limit = TimeSpan.FromSeconds(10);
        var clock = Stopwatch.StartNew();
        var values = new float[250_000];
        while (true)
        {
            double[] left = [seconds - clock.Elapsed.TotalSeconds];
            link.Broadcast(MemoryMarshal.AsBytes(left.AsSpan()), 0);
            if (left[0] <= 0) return;
            link.Sum(values);
        }
    }

    /// <summary>A rank does not come within the limit.</summary>
    private static void Late(MpiLink link, int late)
    {
        link.Limit = TimeSpan.FromSeconds(3);
        link.Meet();
        if (link.Rank == late) Thread.Sleep(TimeSpan.FromMinutes(2));
        link.Sum(new float[10]);
    }

    /// <summary>A rank comes later than the limit allows, to a meeting at which the others wait for it all the same.</summary>
    private static void Patient(MpiLink link, int late)
    {
        link.Limit = TimeSpan.FromSeconds(1);
        link.Meet();
        if (link.Rank == late) Thread.Sleep(TimeSpan.FromSeconds(3));
        link.Meet(patiently: true);
        Require(link.Limit == TimeSpan.FromSeconds(1), "the limit does not hold any longer");
        link.Sum(new float[10]);
    }

    /// <summary>Prints the time of a sum, for sizes in bytes.</summary>
    private static void Speed(MpiLink link, string[] sizes)
    {
        foreach (int size in sizes.Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            var values = new float[size / sizeof(float)];
            var times = new List<double>();
            while (times.Count < 5 || (times.Count < 2_000 && times.Sum() < 2))
            {
                link.Meet();
                var clock = Stopwatch.StartNew();
                link.Sum(values);
                double[] longest = [clock.Elapsed.TotalSeconds];
                link.Broadcast(MemoryMarshal.AsBytes(longest.AsSpan()), 0);
                times.Add(longest[0]);
            }
            if (link.Rank != 0) continue;
            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{size} bytes: median {times[times.Count / 2] * 1e6:F1} us, mean {times.Average() * 1e6:F1}, "
                + $"90 % below {times[times.Count * 9 / 10] * 1e6:F1}, n {times.Count}"));
        }
    }

    private static Span<byte> Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan());

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new AutodidactException(FailureKind.Training, otherwise);
    }

    private sealed class Box
    {
        public int Value { get; set; }
    }
}
