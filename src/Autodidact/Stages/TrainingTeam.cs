using Autodidact.Native;
using Autodidact.Ranks;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>
/// A training that the ranks of this process share: each has a setup of its own, made alike. One that is not divided among ranks is done by
/// one, with libtorch's own threads.
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
    /// <param name="ranks">Ranks wanted.</param>
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

    /// <summary>Does a work on every rank at once.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="work">The work of a rank.</param>
    /// <returns>The first rank's result.</returns>
    public T Run<T>(Func<RankGroup, TrainingSetup, T> work)
    {
        if (Size == 1) return work(RankGroup.Single, First);
        var threads = TorchThreads.Current;
        try
        {
            return ThreadRanks.Run(Size, ranks => work(ranks, _setups[ranks.Rank]))[0];
        }
        finally
        {
            TorchThreads.Set(threads);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _setups.ForEach(setup => setup.Dispose());

    /// <summary>Batch statistics need two images a rank, and a small part of a batch is not worth a rank.</summary>
    private static int Most(TrainingSetup setup)
    {
        const int FewestImages = 8;
        return Math.Max(1, Math.Min(setup.Options.BatchSize, setup.Positions.Length) / FewestImages);
    }
}
