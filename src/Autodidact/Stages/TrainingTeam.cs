using Autodidact.Native;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>
/// A training that ranks share: threads of this process, each with a setup of its own, made alike; and those of the other processes that a
/// launcher started, which make theirs by a <see cref="RankTask"/>. One that is not divided among ranks is done by one, with libtorch's own
/// threads.
/// </summary>
internal sealed class TrainingTeam : IDisposable
{
    private readonly List<TrainingSetup> _setups = [];

    private TrainingTeam()
    {
    }

    /// <summary>The first rank's setup: what is kept of the training is kept of this one.</summary>
    public TrainingSetup First => _setups[0];

    /// <summary>Ranks that train.</summary>
    public int Size => _setups.Count;

    /// <summary>Makes the setups.</summary>
    /// <param name="ranks">Ranks wanted in this process.</param>
    /// <param name="create">Makes a setup, the same every time.</param>
    public static TrainingTeam Create(int ranks, Func<TrainingSetup> create)
    {
        var team = new TrainingTeam();
        try
        {
            team._setups.Add(create());
            var size = team.First.Objective.DividesAmongRanks ? Math.Clamp(ranks, 1, Most(team.First)) : 1;
            while (team.Size < size) team._setups.Add(create());
            return team;
        }
        catch
        {
            team.Dispose();
            throw;
        }
    }

    /// <summary>Trains as a rank that is not the first: it keeps nothing and tells nothing.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="setup">This rank's setup.</param>
    /// <param name="batchSize">Images of a forward pass without gradients.</param>
    /// <param name="cancellationToken">Stops all ranks after the running step.</param>
    public static TrainingResult Follow(RankGroup ranks, TrainingSetup setup, int batchSize, CancellationToken cancellationToken)
    {
        using var trainer = new Trainer(setup.Objective, setup.Images, setup.Positions, setup.Options)
        {
            Ranks = ranks,
            Features = model => RankFeatures.Extract(ranks, model, setup, batchSize),
        };
        return trainer.Run(cancellationToken);
    }

    /// <summary>Does a work on every rank at once.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="task">The work in words that other processes understand.</param>
    /// <param name="work">The work of a rank of this process.</param>
    /// <returns>The first rank's result.</returns>
    public T Run<T>(RankTask task, Func<RankGroup, TrainingSetup, T> work)
    {
        if (MpiWorld.Link is { } link && First.Objective.DividesAmongRanks)
        {
            task.Announce();
            return RankProcesses.Together(link, () => Join(link, work));
        }

        if (Size > 1) return ThreadRanks.Run(Size, ranks => work(ranks, _setups[ranks.Rank]))[0];
        using var threads = TorchThreads.Own(TorchThreads.Cores);
        return work(RankGroup.Single, First);
    }

    /// <summary>Does a work on this process's ranks, while the other processes do it on theirs.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="link">Connects the processes.</param>
    /// <param name="work">The work of a rank.</param>
    /// <returns>The result of this process's first rank.</returns>
    public T Join<T>(MpiLink link, Func<RankGroup, TrainingSetup, T> work) =>
        HybridRanks.Run(link, Size, (thread, ranks) => work(ranks, _setups[thread]));

    /// <inheritdoc/>
    public void Dispose() => _setups.ForEach(setup => setup.Dispose());

    /// <summary>
    /// Most ranks of this process. Batch statistics need two images a rank, and a small part of a batch is not worth a rank.
    /// </summary>
    private static int Most(TrainingSetup setup)
    {
        const int FewestImages = 8;
        var processes = MpiWorld.Link?.Size ?? 1;
        return Math.Max(1, Math.Min(setup.Options.BatchSize, setup.Positions.Length) / FewestImages / processes);
    }
}
