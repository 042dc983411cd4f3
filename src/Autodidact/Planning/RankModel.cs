using Autodidact.Ranks;

namespace Autodidact.Planning;

/// <summary>
/// Cost of a step that machines share: compute, what they send each other, and the wait for the slowest. Sums and gathers are counted as
/// the processes make them; see <see cref="Ranks.Mpi.MpiLink"/>.
/// </summary>
internal sealed class RankModel
{
    /// <summary>Sums of at most this many bytes over all ranks are one exchange, as in the link between processes.</summary>
    public const int SmallBytes = 1 << 16;

    private readonly IReadOnlyList<(RankCall Call, long Bytes)> _calls;
    private readonly CostLine _line;
    private readonly double _spread;
    private readonly double _images;
    private readonly double _counted;

    /// <summary>Takes what was measured.</summary>
    /// <param name="line">Seconds of a step on one machine.</param>
    /// <param name="spread">Standard deviation of a step's seconds, as a share of them.</param>
    /// <param name="images">Images of the whole batch.</param>
    /// <param name="calls">Calls between ranks in a step, with the bytes of their results.</param>
    /// <param name="counted">Images of the batch that the calls were counted with: what is gathered grows with them.</param>
    public RankModel(
        CostLine line, double spread, double images, IReadOnlyList<(RankCall Call, long Bytes)> calls, double counted) =>
        (_line, _spread, _images, _calls, _counted) = (line, spread, images, calls, counted);

    /// <summary>A step on one machine.</summary>
    public double Alone => _line.At(_images);

    /// <summary>A step that machines share.</summary>
    /// <param name="machines">How many.</param>
    /// <param name="network">What connects them.</param>
    /// <param name="faster">How many times as fast as this machine each is.</param>
    public double Seconds(int machines, NetworkSpeed network, double faster = 1)
    {
        var own = _line.At(_images / machines) / faster;
        if (machines == 1) return own;

        // Of as many normally distributed times the largest lies about this many deviations above the mean.
        var waiting = own * _spread * Math.Sqrt(2 * Math.Log(machines));
        return own + waiting + _calls.Sum(call => Seconds(call.Call, Bytes(call), machines, network));
    }

    /// <summary>Bytes that one machine sends in a step.</summary>
    /// <param name="machines">How many share it.</param>
    public double Sent(int machines) => machines == 1 ? 0 : _calls.Sum(call => Sent(call.Call, Bytes(call), machines));

    /// <summary>How much faster machines are than one, as a share of their number.</summary>
    /// <param name="machines">How many.</param>
    /// <param name="network">What connects them.</param>
    public double Efficiency(int machines, NetworkSpeed network) => Alone / (machines * Seconds(machines, network));

    private double Bytes((RankCall Call, long Bytes) call) => call.Call == RankCall.Gather ? call.Bytes * _images / _counted : call.Bytes;

    private static double Seconds(RankCall call, double bytes, int machines, NetworkSpeed network)
    {
        // A collective of few bytes takes a message for each doubling of the machines; a large sum is two of them, as in a ring.
        var rounds = Math.Ceiling(Math.Log2(machines));
        var exchanges = call == RankCall.Sum && bytes * machines > SmallBytes ? 2 : 1;
        return (exchanges * rounds * network.Latency) + (Sent(call, bytes, machines) / network.BytesPerSecond);
    }

    private static double Sent(RankCall call, double bytes, int machines)
    {
        var others = machines - 1.0;
        return call switch
        {
            RankCall.Sum when bytes * machines <= SmallBytes => bytes * others,
            RankCall.Sum => 2 * bytes * others / machines,

            // Parts are passed on by everybody, so that nobody's connection carries them all at once.
            RankCall.Gather => bytes * others / machines,
            RankCall.Broadcast => bytes,
            _ => throw new ArgumentOutOfRangeException(nameof(call), call, "no cost of such a call is known"),
        };
    }
}
