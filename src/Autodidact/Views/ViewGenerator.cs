using System.Collections.Concurrent;
using Autodidact.Images;

namespace Autodidact.Views;

/// <summary>
/// Turns plans into batches of views on worker threads, ahead of the consumer and in the order of the plans. A view is a pure function of
/// (seed, epoch, image index, view number, recipe): the number of workers and the composition of batches do not change it.
/// </summary>
internal sealed class ViewGenerator : IDisposable
{
    private readonly ChunkContext _context;
    private readonly ViewGeneratorOptions _options;
    private readonly ViewBufferPool _pool;
    private readonly BlockingCollection<(PendingBatch Batch, int Chunk)> _chunks = [];
    private readonly List<Thread> _workers;
    private bool _disposed;

    /// <summary>Starts the workers.</summary>
    /// <param name="images">Read by several threads at once.</param>
    /// <param name="seed">Of all randomness.</param>
    /// <param name="options">Threads and prefetching.</param>
    /// <exception cref="AutodidactException">An option is out of range.</exception>
    public ViewGenerator(IImageSet images, ulong seed, ViewGeneratorOptions options)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Workers < 1 || options.PrefetchBatches < 0)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"view generator: {options.Workers} workers, {options.PrefetchBatches} batches ahead; expected at least 1 and 0");
        }

        _context = new ChunkContext(images, seed);
        _options = options;
        _pool = new ViewBufferPool(options.PrefetchBatches + 2, options.Pinned);
        _workers = new List<Thread>(options.Workers);
        try
        {
            while (_workers.Count < options.Workers)
            {
                var worker = new Thread(Work) { IsBackground = true, Name = $"views {_workers.Count}" };
                worker.Start();
                _workers.Add(worker);
            }
        }
        catch
        {
            // The system gives no more threads: those that were started must not wait for ever.
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// The batches of the plans, in order. Plans are read on the calling thread, at most <see cref="ViewGeneratorOptions.PrefetchBatches"/>
    /// ahead. The consumer disposes of each batch. An exception of a worker is thrown where its batch would have come.
    /// </summary>
    /// <param name="plans">The batches to make; may be endless.</param>
    /// <param name="cancellation">Stops waiting for a batch with <see cref="OperationCanceledException"/>.</param>
    public IEnumerable<ViewBatch> Generate(IEnumerable<BatchPlan> plans, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plans);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Stream(plans, cancellation);
    }

    /// <summary>
    /// Lets the workers finish their chunks and stops them. Batches already handed over stay valid until they are disposed of.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _chunks.CompleteAdding();
        foreach (var worker in _workers)
            worker.Join();
        _chunks.Dispose();
        _pool.Dispose();
    }

    private IEnumerable<ViewBatch> Stream(IEnumerable<BatchPlan> plans, CancellationToken cancellation)
    {
        var ahead = new Queue<PendingBatch>();
        try
        {
            using var source = plans.GetEnumerator();
            var more = true;
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                while (more && ahead.Count <= _options.PrefetchBatches && (more = source.MoveNext()))
                    ahead.Enqueue(Submit(source.Current));
                if (!ahead.TryPeek(out var next))
                    yield break;
                next.Wait(cancellation);
                ahead.Dequeue();
                yield return next.Batch;
            }
        }
        finally
        {
            foreach (var pending in ahead)
                pending.Dispose();
        }
    }

    private PendingBatch Submit(BatchPlan plan)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        plan.Spec.Validate();
        if (plan.Indices.Length == 0)
            throw new ArgumentException("a batch plan names no image");
        foreach (var index in plan.Indices)
        {
            if ((uint)index >= (uint)_context.Images.Count)
                throw new ArgumentException($"a batch plan names image {index} of {_context.Images.Count}");
        }

        var pending = new PendingBatch(plan, _pool);
        for (var chunk = 0; chunk < pending.ChunkCount; chunk++)
            _chunks.Add((pending, chunk));
        return pending;
    }

    private void Work()
    {
        ViewRenderer? renderer = null;
        foreach (var (batch, chunk) in _chunks.GetConsumingEnumerable())
            batch.Render(chunk, ref renderer, _context);
    }
}
