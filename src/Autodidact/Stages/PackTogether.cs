using System.Runtime.ExceptionServices;
using Autodidact.Artefacts;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>
/// Packs the images on every machine at the same time: one process of each machine packs, and then the others find the pack there. Machines
/// that share a cache folder find it as well: a lock lets one of them build it.
/// </summary>
internal static class PackTogether
{
    // An answer is one letter and a text: what was packed, or why nothing was.
    private const char Packed = 'p';
    private const char Waiting = 'w';
    private const char Stopped = 's';
    private const char Failed = 'f';

    /// <summary>Packs on all machines, as the first process; on this one, where it was started alone.</summary>
    /// <param name="root">The run directory.</param>
    /// <param name="record">The run's record, as it is to be.</param>
    /// <param name="pack">Packs on this machine.</param>
    /// <param name="tell">Takes events for the user.</param>
    /// <exception cref="AutodidactException">A process cannot pack, or has other images than the first; the message names it.</exception>
    public static PackedData Lead(string root, RunRecord record, Func<PackedData> pack, Action<RunEvent> tell)
    {
        if (MpiWorld.Link is not { } link) return pack();
        new RankTask(root, Stage.Prepare, RankWork.Pack)
        {
            Options = record.Options.ToJsonString(),
            SetAside = record.SetAside,
        }.Announce();
        return Pack(link, pack, () =>
        {
            if (link.Hosts.Distinct().Count() > 1) tell(new StageProgress(Stage.Prepare, 0, 0, "waiting for the other machines", null));
        })!;
    }

    /// <summary>Packs beside the first process.</summary>
    /// <param name="link">The ranks.</param>
    /// <param name="pack">Packs on this machine.</param>
    /// <returns>The images; null where a process failed, of which the first one tells.</returns>
    public static PackedData? Follow(MpiLink link, Func<PackedData> pack) => Pack(link, pack, () => { });

    private static PackedData? Pack(MpiLink link, Func<PackedData> pack, Action waits)
    {
        var limit = link.Limit;
        link.Limit = Timeout.InfiniteTimeSpan;
        PackedData? data = null;
        Exception? failure = null;
        try
        {
            var answer = $"{Waiting}";
            if (link.LocalRank == 0) answer = Try();
            waits();
            var good = AreGood(MpiWorld.Texts(link, answer));
            if (good && link.LocalRank > 0) answer = Try();
            var answers = MpiWorld.Texts(link, answer);
            if (good && AreGood(answers)) return data;
            data?.Dispose();
            if (link.Rank > 0) return null;
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
            throw Reason(link, answers);
        }
        finally
        {
            link.Limit = limit;
        }

        string Try()
        {
            try
            {
                data = pack();
                return Packed + Content(data);
            }
            catch (Exception e)
            {
                // The others wait for an answer, whatever happened.
                failure = e;
                if (e is OperationCanceledException) return $"{Stopped}";
                var known = Failure.Of(e);
                return $"{Failed}{(char)(known?.Kind ?? FailureKind.Environment)}{known?.Message ?? $"unexpected: {e}"}";
            }
        }
    }

    /// <summary>Whether no process failed, and none has other images than the first.</summary>
    private static bool AreGood(string[] answers) => answers.All(answer => answer[0] == Waiting || answer == answers[0]);

    /// <summary>The reason why the first process cannot go on though it has packed.</summary>
    private static Exception Reason(MpiLink link, string[] answers)
    {
        if (answers.Any(answer => answer[0] == Stopped)) return new OperationCanceledException(new CancellationToken(canceled: true));
        var rank = Array.FindIndex(answers, answer => answer[0] == Failed);
        if (rank >= 0)
        {
            return new AutodidactException((FailureKind)answers[rank][1], $"rank {rank} on {link.Hosts[rank]}: {answers[rank][2..]}");
        }

        rank = Array.FindIndex(answers, answer => answer != answers[0]);
        return new AutodidactException(
            FailureKind.Data,
            $"rank {rank} on {link.Hosts[rank]} finds other images than rank 0 on {link.Hosts[0]}: all machines must see the same files");
    }

    /// <summary>Tells apart packs of other images, or of other labels.</summary>
    private static string Content(PackedData data) => string.Join(
        ' ',
        new[] { data.Target.Train, data.Target.Evaluation, data.Pretrain.Train }.Select(pack => pack?.Fingerprint)
            .Append(data.Target.TrainLabels.Name)
            .Append(data.Target.EvaluationLabels?.Name));
}
