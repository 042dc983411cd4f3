using Autodidact.Clustering;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Weighted k-nearest-neighbour classification (Wu et al., "Unsupervised feature learning via non-parametric instance discrimination",
/// 1805.01978): features are L2-normalised, s_j is the cosine to bank item j, and over the k nearest score(c) = sum of exp(s_j / T) where
/// y_j = c.
/// </summary>
/// <remarks>
/// Similarities come from blocked matrix products, so memory holds one block of scores and k neighbours a query, however large the bank. Of
/// bank items equally similar the one with the lower row counts as nearer; of classes with equal scores the lower number wins. Bank rows
/// labelled -1 do not take part. k above the number of (labelled) bank rows is lowered to it.
/// </remarks>
internal static class WeightedKnn
{
    private const int BankBlock = 8192;
    private const int QueryBlock = 128;

    /// <summary>Accuracy on the labelled queries.</summary>
    /// <param name="bank">Features of the training images, un-augmented.</param>
    /// <param name="bankLabels">Their classes, -1 where unknown.</param>
    /// <param name="queries">Features of the images to classify.</param>
    /// <param name="queryLabels">Their classes, -1 where unknown.</param>
    /// <param name="options">Neighbours and temperature.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public static double Accuracy(
        FeatureMatrix bank,
        ReadOnlySpan<int> bankLabels,
        FeatureMatrix queries,
        ReadOnlySpan<int> queryLabels,
        WeightedKnnOptions options,
        CancellationToken cancellationToken = default) =>
        Classify(bank, bankLabels, queries, options, keepScores: false, cancellationToken).Accuracy(queryLabels);

    /// <summary>Class and scores of every query.</summary>
    /// <param name="bank">Features of the training images, un-augmented.</param>
    /// <param name="bankLabels">Their classes, -1 where unknown.</param>
    /// <param name="queries">Features of the images to classify.</param>
    /// <param name="options">Neighbours and temperature.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, no bank row is labelled, or an option is out of range.</exception>
    public static KnnResult Classify(
        FeatureMatrix bank,
        ReadOnlySpan<int> bankLabels,
        FeatureMatrix queries,
        WeightedKnnOptions options,
        CancellationToken cancellationToken = default) =>
        Classify(bank, bankLabels, queries, options, keepScores: true, cancellationToken);

    private static KnnResult Classify(
        FeatureMatrix bank,
        ReadOnlySpan<int> bankLabels,
        FeatureMatrix queries,
        WeightedKnnOptions options,
        bool keepScores,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bank);
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Neighbors, 1);
        if (!(options.Temperature > 0) || !double.IsFinite(options.Temperature))
            throw new ArgumentOutOfRangeException(nameof(options), options.Temperature, "the temperature must be above 0");
        if (bank.Columns != queries.Columns)
            throw new ArgumentException($"bank features have {bank.Columns} dimensions, queries {queries.Columns}", nameof(queries));
        var (rows, labels, owned) = FeatureTensors.Labelled(bank, bankLabels, "bank");
        try
        {
            var nearest = Math.Min(options.Neighbors, rows.Rows);
            var neighbors = new NearestNeighbors(queries.Rows, nearest);
            var share = SharedWork.Divide(
                "nearest neighbours",
                (queries.Rows + QueryBlock - 1) / QueryBlock,
                2.0 * rows.Rows * queries.Rows * rows.Columns,
                (double)queries.Rows * nearest * (sizeof(float) + sizeof(int)));
            Search(rows, queries, share, neighbors, cancellationToken);
            neighbors.Complete(share, QueryBlock);
            return Vote(neighbors, labels, options.Temperature, keepScores);
        }
        finally
        {
            if (owned)
                rows.Dispose();
        }
    }

    private static void Search(
        FeatureMatrix bank, FeatureMatrix queries, WorkShare share, NearestNeighbors neighbors, CancellationToken cancellationToken)
    {
        using var noGradients = no_grad();
        var blocks = FeatureTensors.Blocks(queries.Rows, QueryBlock).ToArray();
        foreach (var (bankRow, bankCount) in FeatureTensors.Blocks(bank.Rows, BankBlock))
        {
            using var bankBlock = FeatureTensors.NormalizedBlock(bank, bankRow, bankCount);
            using var transposed = bankBlock.t();
            TorchWork.Run(share.Count, number =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (queryRow, queryCount) = blocks[share.First + number];
                using var queryBlock = FeatureTensors.NormalizedBlock(queries, queryRow, queryCount);
                using var scores = mm(queryBlock, transposed);
                var values = FeatureTensors.Values(scores);
                for (var query = 0; query < queryCount; query++)
                    neighbors.Offer(queryRow + query, values.Slice(query * bankCount, bankCount), bankRow);
            });
        }
    }

    private static KnnResult Vote(NearestNeighbors neighbors, int[] labels, double temperature, bool keepScores)
    {
        var classes = labels.Max() + 1;
        var predictions = new int[neighbors.Queries];

        // Of 50,000 queries and 1,000 classes they are 400 MB.
        var scores = new double[keepScores ? checked(neighbors.Queries * classes) : 0];
        Parallel.For(0, neighbors.Queries, () => new double[classes], (query, _, votes) =>
        {
            Array.Clear(votes);
            var total = 0.0;
            var similarities = neighbors.Similarities(query);
            var items = neighbors.Items(query);
            double nearest = System.Numerics.Tensors.TensorPrimitives.Max(similarities);
            for (var j = 0; j < items.Length; j++)
            {
                // exp((s - nearest) / T) instead of exp(s / T): the same shares, and no temperature overflows or loses every vote.
                var vote = Math.Exp((similarities[j] - nearest) / temperature);
                votes[labels[items[j]]] += vote;
                total += vote;
            }

            var best = 0;
            for (var c = 0; c < classes; c++)
            {
                votes[c] /= total;
                if (votes[c] > votes[best])
                    best = c;
            }

            predictions[query] = best;
            if (keepScores) votes.CopyTo(scores.AsSpan(query * classes));
            return votes;
        }, static _ => { });
        return new KnnResult(predictions, scores, classes);
    }
}
