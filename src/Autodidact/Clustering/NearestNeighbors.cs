using System.Numerics;
using System.Runtime.InteropServices;
using Autodidact.Ranks;

namespace Autodidact.Clustering;

/// <summary>
/// The k most similar items of each query, kept while scores arrive block by block: a heap per query with the worst item at its root, and a
/// vector comparison that passes over the many scores that are worse than it.
/// </summary>
internal sealed class NearestNeighbors(int queries, int k)
{
    private readonly float[] _similarities = new float[checked(queries * k)];
    private readonly int[] _items = new int[queries * k];
    private readonly int[] _counts = new int[queries];

    internal int Queries => queries;

    internal ReadOnlySpan<float> Similarities(int query) => _similarities.AsSpan(query * k, _counts[query]);

    internal ReadOnlySpan<int> Items(int query) => _items.AsSpan(query * k, _counts[query]);

    /// <summary>Gets what other ranks found, each for a part of the queries.</summary>
    internal void Complete(WorkShare share, int queriesAPiece)
    {
        share.Complete(_similarities, queriesAPiece * k);
        share.Complete(_items, queriesAPiece * k);
        share.Complete(_counts, queriesAPiece);
    }

    /// <summary>Takes scores of consecutive items. Items must arrive in ascending order, so that of equals the lower row stays.</summary>
    internal void Offer(int query, ReadOnlySpan<float> scores, int firstItem)
    {
        var similarities = _similarities.AsSpan(query * k, k);
        var items = _items.AsSpan(query * k, k);
        ref var count = ref _counts[query];
        var at = 0;
        for (; at < scores.Length && count < k; at++)
            Push(similarities, items, count++, Checked(scores[at]), firstItem + at);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(scores);
        while (at < scores.Length)
        {
            // "All at most" is false where a NaN hides, so it reaches the check below.
            if (at % Vector<float>.Count == 0 && at / Vector<float>.Count < vectors.Length
                && Vector.LessThanOrEqualAll(vectors[at / Vector<float>.Count], new Vector<float>(similarities[0])))
            {
                at += Vector<float>.Count;
                continue;
            }

            if (Checked(scores[at]) > similarities[0])
                ReplaceRoot(similarities, items, scores[at], firstItem + at);
            at++;
        }
    }

    private static float Checked(float score) =>
        float.IsFinite(score) ? score : throw new ArgumentException("features are not finite: the model that made them has diverged");

    /// <summary>Whether (a, item a) is worse: less similar, or equally and further down.</summary>
    private static bool Worse(float a, int itemA, float b, int itemB) => a < b || (a == b && itemA > itemB);

    private static void Push(Span<float> similarities, Span<int> items, int at, float similarity, int item)
    {
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (!Worse(similarity, item, similarities[parent], items[parent]))
                break;
            (similarities[at], items[at]) = (similarities[parent], items[parent]);
            at = parent;
        }

        (similarities[at], items[at]) = (similarity, item);
    }

    private static void ReplaceRoot(Span<float> similarities, Span<int> items, float similarity, int item)
    {
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= similarities.Length)
                break;
            if (child + 1 < similarities.Length && Worse(similarities[child + 1], items[child + 1], similarities[child], items[child]))
                child++;
            if (!Worse(similarities[child], items[child], similarity, item))
                break;
            (similarities[at], items[at]) = (similarities[child], items[child]);
            at = child;
        }

        (similarities[at], items[at]) = (similarity, item);
    }
}
