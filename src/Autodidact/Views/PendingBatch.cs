using System.Runtime.ExceptionServices;

namespace Autodidact.Views;

/// <summary>A batch in the making: split into chunks of images that any worker may render.</summary>
internal sealed class PendingBatch : IDisposable
{
    /// <summary>Few enough that all workers help with the batch that is needed first, many enough that handing out costs nothing.</summary>
    private const int ChunkImages = 8;

    // A task needs no disposal, so the last worker may still be signalling when the consumer goes on.
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ViewLayout _layout;
    private readonly ViewBuffer _buffer;
    private ExceptionDispatchInfo? _failure;
    private int _openChunks;
    private volatile bool _abandoned;

    internal PendingBatch(BatchPlan plan, ViewBufferPool pool)
    {
        Plan = plan;
        _layout = new ViewLayout(plan);
        _buffer = pool.Rent(Math.Max(1, _layout.Length));
        _openChunks = ChunkCount;
        Batch = new ViewBatch(plan, _layout, _buffer, pool);
    }

    internal BatchPlan Plan { get; }

    internal ViewBatch Batch { get; }

    internal int ChunkCount => (_layout.ImageCount + ChunkImages - 1) / ChunkImages;

    /// <summary>Renders one chunk. It never throws: the consumer gets the exception.</summary>
    internal unsafe void Render(int chunk, ref ViewRenderer? renderer, ChunkContext context)
    {
        try
        {
            renderer ??= new ViewRenderer();
            var end = Math.Min(_layout.ImageCount, (chunk + 1) * ChunkImages);
            for (var i = chunk * ChunkImages; i < end && !_abandoned; i++)
            {
                var index = Plan.Indices[i];
                var pixels = context.Images.Pixels(index);
                for (var v = 0; v < _layout.Recipes.Count; v++)
                {
                    var recipe = _layout.Recipes[v];
                    var output = new Span<float>(_buffer.Start + _layout.ImageOffset(v, i), ViewRenderer.OutputLength(recipe));
                    renderer.Render(
                        pixels, context.Images.Height, context.Images.Width, recipe, context.Stream(Plan.Epoch, index, v), output);
                }
            }
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
            _abandoned = true;
        }

        if (Interlocked.Decrement(ref _openChunks) == 0)
            _done.SetResult();
    }

    /// <summary>Waits until all chunks are rendered, and rethrows a worker's exception.</summary>
    internal void Wait(CancellationToken cancellation)
    {
        _done.Task.Wait(cancellation);
        _failure?.Throw();
    }

    /// <summary>Lets the workers skip what is left, waits for them, and gives the memory back.</summary>
    public void Dispose()
    {
        _abandoned = true;
        _done.Task.Wait();
        Batch.Dispose();
    }
}
