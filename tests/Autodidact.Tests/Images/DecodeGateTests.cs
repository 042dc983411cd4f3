using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Tests.Inference;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Images;

public sealed class DecodeGateTests(ExportedModel exported) : IClassFixture<ExportedModel>, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Should_Let_No_File_Be_Decoded_Before_The_Encoded_Ones_Fit()
    {
        using var model = EarlyExitModel.Load(exported.Folder);
        File.WriteAllBytes(_scratch["a.png"], TestImages.Png(20, 24, seed: 1));
        var answers = await Held(async () =>
        {
            var all = new List<FilePrediction>();
            await foreach (var answer in model.PredictFilesAsync([_scratch["a.png"]], cancellationToken: Token)) all.Add(answer);
            return all;
        });
        Assert.Null(Assert.Single(answers).Problem);
    }

    [Fact]
    public async Task Should_Let_No_File_Be_Packed_Before_The_Encoded_Ones_Fit()
    {
        var source = new ListSource(
            new ImageEntry("a.png", null, new Autodidact.Images.EncodedImage(TestImages.Png(20, 24, seed: 1))));
        TestImages.Pack(source, _scratch["free.pack"]);
        await Held(() => Task.FromResult(PackBuilder.Build(source, _scratch["held.pack"], cancellationToken: Token)));
        Assert.Equal(File.ReadAllBytes(_scratch["free.pack"]), File.ReadAllBytes(_scratch["held.pack"]));
    }

    [Fact]
    public void Should_Let_In_As_Many_As_Fit_And_The_Others_In_Their_Order()
    {
        var gate = new DecodeGate(100);
        var first = gate.Enter(60, CancellationToken.None);
        var entered = new List<int>();
        var large = Start(90, 1);
        Assert.True(SpinWait.SpinUntil(() => gate.Waiting == 1, TimeSpan.FromSeconds(20)));

        // It would fit beside the first, but the larger one came before it.
        var small = Start(20, 2);
        Assert.True(SpinWait.SpinUntil(() => gate.Waiting == 2, TimeSpan.FromSeconds(20)));
        Assert.Empty(entered);
        first.Dispose();
        large.Join();
        small.Join();
        Assert.Equal([1, 2], entered);

        Thread Start(long bytes, int number)
        {
            var thread = new Thread(() =>
            {
                using var turn = gate.Enter(bytes, CancellationToken.None);
                lock (entered)
                    entered.Add(number);
            });
            thread.Start();
            return thread;
        }
    }

    [Fact]
    public void Should_Let_A_Picture_In_Alone_That_Is_Larger_Than_The_Total()
    {
        var gate = new DecodeGate(100);
        using (gate.Enter(1_000, CancellationToken.None))
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            Assert.ThrowsAny<OperationCanceledException>(() => gate.Enter(1, soon.Token));
            Assert.Equal(0, gate.Waiting);
        }

        gate.Enter(100, CancellationToken.None).Dispose();
    }

    [Fact]
    public void Should_Never_Hold_More_Than_The_Total()
    {
        var gate = new DecodeGate(10);
        var (held, most) = (0L, 0L);
        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var bytes = 1 + (i * 7 % 10);
            using var turn = gate.Enter(bytes, CancellationToken.None);
            var now = Interlocked.Add(ref held, bytes);
            for (var seen = Interlocked.Read(ref most); now > seen; seen = Interlocked.Read(ref most))
                Interlocked.CompareExchange(ref most, now, seen);
            Interlocked.Add(ref held, -bytes);
        });
        Assert.InRange(most, 1, 10);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Begins something while this test holds all of the gate: it must wait, and it ends once the gate is free.</summary>
    private static async Task<T> Held<T>(Func<Task<T>> begin)
    {
        Task<T> work;
        using (DecodeGate.Encoded.Enter(long.MaxValue, Token))
        {
            work = Task.Run(begin, Token);
            Assert.True(SpinWait.SpinUntil(() => DecodeGate.Encoded.Waiting > 0 || work.IsCompleted, TimeSpan.FromSeconds(20)));
            Assert.False(work.IsCompleted);
        }

        return await work;
    }
}
