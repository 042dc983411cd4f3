using Autodidact.Inference;

namespace Autodidact.Tests.Inference;

/// <summary>
/// A model lies in memory that is not the runtime's: reading it after it was freed ends the process, and with it this test program.
/// </summary>
public sealed class ModelDisposalTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Should_Refuse_Every_Call_After_Dispose()
    {
        var model = EarlyExitModel.Load(exported.Folder);
        model.PredictPixels(exported.Pixels, cancellationToken: Token);
        model.Dispose();
        model.Dispose();
        Action[] calls =
        [
            () => model.PredictPixels(exported.Pixels, cancellationToken: Token),
            () => model.EmbedPixels(exported.Pixels, cancellationToken: Token),
            () => model.Predict("no such file"),
            () => model.Predict(exported.Pixels),
            () => model.Predict(Stream.Null),
            () => model.Embed("no such file"),
            () => model.Embed(exported.Pixels),
            () => model.Embed(Stream.Null),
        ];
        Assert.All(calls, call => Assert.Throws<ObjectDisposedException>(call));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.PredictAsync("no such file", cancellationToken: Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.PredictAsync(exported.Pixels, cancellationToken: Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.PredictAsync(Stream.Null, cancellationToken: Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.EmbedAsync("no such file", cancellationToken: Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.EmbedAsync(exported.Pixels, cancellationToken: Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.EmbedAsync(Stream.Null, cancellationToken: Token));
    }

    [Fact]
    public void Should_Dispose_Only_After_The_Calls_That_Are_Running()
    {
        for (var round = 0; round < 10; round++)
        {
            var model = EarlyExitModel.Load(exported.Folder, new ModelOptions { Threads = 1 });
            using var running = new CountdownEvent(4);
            var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => UntilDisposed(model, early: i % 2 == 0, running))).ToArray();
            foreach (var thread in threads)
            {
                thread.Start();
            }

            Assert.True(running.Wait(TimeSpan.FromMinutes(1), Token));
            model.Dispose();
            Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(1))));
        }
    }

    private void UntilDisposed(EarlyExitModel model, bool early, CountdownEvent running)
    {
        var told = false;
        try
        {
            while (true)
            {
                model.PredictPixels(exported.Pixels, early ? null : ExitPolicy.Fixed(4), Token);
                if (!told) running.Signal();
                told = true;
            }
        }
        catch (ObjectDisposedException)
        {
            // Whoever disposes a model tells its users so.
        }
    }
}
