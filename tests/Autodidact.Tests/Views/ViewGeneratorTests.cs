using Autodidact.Images;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Views;
using TorchSharp;

namespace Autodidact.Tests.Views;

public class ViewGeneratorTests
{
    private const ulong Seed = 42;
    private static readonly FormulaImages _images = new(40, 28, 24);
    private static readonly ViewSpec _spec = ViewSpec.SimClr(16, PixelNormalization.ImageNet, blurProbability: 0.5);

    [Fact]
    public void Should_Make_Identical_Bits_Whatever_The_Number_Of_Workers()
    {
        var plans = Plans(6, 17, _spec);
        var one = Collect(1, 0, plans);
        Assert.Equal(one, Collect(3, 2, plans));
        Assert.Equal(one, Collect(2, 7, plans));
    }

    [Fact]
    public void Should_Make_The_Same_View_In_Whatever_Batch_It_Comes()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions());
        using var alone = generator.Make([new BatchPlan(3, 0, [7], _spec)]).Single();
        using var among = generator.Make([new BatchPlan(3, 9, [1, 39, 7, 0], _spec)]).Single();
        using var later = generator.Make([new BatchPlan(4, 0, [7], _spec)]).Single();
        for (var v = 0; v < 2; v++)
        {
            Assert.Equal(Values(alone.View(v)), Values(among.View(v).narrow(0, 2, 1)));
            Assert.NotEqual(Values(alone.View(v)), Values(later.View(v)));
        }

        Assert.NotEqual(Values(alone.View(0)), Values(alone.View(1)));
    }

    [Fact]
    public void Should_Deliver_In_The_Order_Of_The_Plans()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 3, PrefetchBatches = 4 });
        var steps = new List<long>();
        foreach (var batch in generator.Make(Plans(20, 9, _spec)))
        {
            steps.Add(batch.Plan.Step);
            batch.Dispose();
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(s => (long)s), steps);
    }

    [Fact]
    public void Should_Lay_Views_Out_Channels_Last_And_View_Major()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions());
        using var batch = generator.Make([new BatchPlan(0, 0, [4, 2, 9], _spec)]).Single();

        Assert.Equal([6, 3, 16, 16], batch.All.shape);
        Assert.Equal([16 * 16 * 3, 1, 16 * 3, 3], batch.All.stride());
        Assert.Equal(Values(batch.All.narrow(0, 3, 3)), Values(batch.View(1)));

        // Image 9, view 1, rendered apart: element (c, y, x) is output[(16 y + x) 3 + c].
        var expected = new float[16 * 16 * 3];
        new ViewRenderer().Render(_images.Pixels(9), 28, 24, _spec.Views[1], new CounterRandom(Seed, 0, 9, 1), expected);
        Assert.Equal(expected[(((16 * 5) + 11) * 3) + 2], batch.View(1)[2, 2, 5, 11].item<float>());
    }

    [Fact]
    public void Should_Offer_Views_Of_Several_Sizes_One_By_One()
    {
        var spec = new ViewSpec { Views = [_spec.Views[0], _spec.Views[1] with { Size = 9 }] };
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions());
        using var batch = generator.Make([new BatchPlan(0, 0, [4, 2], spec)]).Single();

        Assert.Equal([2, 3, 16, 16], batch.View(0).shape);
        Assert.Equal([2, 3, 9, 9], batch.View(1).shape);
        Assert.Throws<InvalidOperationException>(() => batch.All);
    }

    [Fact]
    public void Should_Follow_A_Size_That_Changes_From_Plan_To_Plan()
    {
        int[] sizes = [8, 24, 8, 20, 24];
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions());
        var seen = new List<long>();
        var plans = sizes.Select((s, i) => new BatchPlan(0, i, [1, 2], ViewSpec.Plain(s, PixelNormalization.None)));
        foreach (var batch in generator.Make(plans))
        {
            using (batch)
            {
                seen.Add(batch.All.shape[2]);
                using var alone = generator.Make([batch.Plan]).Single();
                Assert.Equal(Values(alone.All), Values(batch.All));
            }
        }

        Assert.Equal(sizes.Select(s => (long)s), seen);
    }

    [Fact]
    public void Should_Keep_Batches_Apart_While_The_Consumer_Holds_Them()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 2, PrefetchBatches = 1 });
        var held = generator.Make(Plans(8, 5, _spec)).ToList();
        foreach (var batch in held)
        {
            using var again = generator.Make([batch.Plan]).Single();
            Assert.Equal(Values(again.All), Values(batch.All));
        }

        held.ForEach(b => b.Dispose());
    }

    [Fact]
    public void Should_Keep_Its_Tensors_Out_Of_An_Open_Dispose_Scope_And_Leave_None_Behind()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 1 });
        ViewBatch batch;
        using (torch.NewDisposeScope())
        {
            batch = generator.Make([new BatchPlan(0, 0, [1], _spec)]).Single();
            _ = batch.All;
        }

        Assert.False(batch.All.IsInvalid);
        Assert.True(float.IsFinite(batch.All.sum().item<float>()));
        var all = batch.All;
        batch.Dispose();
        batch.Dispose();
        Assert.True(all.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => batch.All);
    }

    [Fact]
    public void Should_Reuse_The_Memory_Of_Finished_Batches()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 2, PrefetchBatches = 2 });
        var addresses = new HashSet<nint>();
        foreach (var batch in generator.Make(Plans(50, 8, _spec)))
        {
            addresses.Add(Address(batch.All));
            batch.Dispose();
        }

        Assert.InRange(addresses.Count, 1, 4);
    }

    [Fact]
    public void Should_Not_Gather_Live_Tensors()
    {
        var statistics = DisposeScopeManager.Statistics;
        var live = new List<long>();
        var start = statistics.ThreadTotalLiveCount;
        using (var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 2 }))
        {
            foreach (var batch in generator.Make(Plans(30, 8, _spec)))
            {
                _ = batch.All;
                _ = batch.View(1);
                batch.Dispose();
                live.Add(statistics.ThreadTotalLiveCount - start);
            }
        }

        Assert.True(live[0] > 0); // the pooled buffers: the count counts
        Assert.True(live[^1] <= live[5], $"{live[5]} tensors after six batches, {live[^1]} after thirty");
        Assert.Equal(start, statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Should_Hand_A_Workers_Exception_To_The_Consumer_And_Go_On()
    {
        using var generator = new ViewGenerator(new FailingImages(), Seed, new ViewGeneratorOptions { Workers = 2 });
        var failure = Assert.Throws<IOException>(() => generator.Make(Plans(3, 5, _spec)).ToList());
        Assert.Equal("no such page", failure.Message);
        using var good = generator.Make([new BatchPlan(0, 0, [0], _spec)]).Single();
        Assert.Equal(1, good.ImageCount);
    }

    [Fact]
    public void Should_Stop_When_The_Consumer_Stops_Early()
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 2, PrefetchBatches = 3 });
        foreach (var batch in generator.Make(Endless()))
        {
            batch.Dispose();
            if (batch.Plan.Step == 5)
                break;
        }

        using var cancellation = new CancellationTokenSource();
        var count = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (var batch in generator.Generate(Endless(), cancellation.Token))
            {
                batch.Dispose();
                if (++count == 4)
                    cancellation.Cancel();
            }
        });
        Assert.Equal(4, count);
    }

    [Fact]
    public void Should_Refuse_What_It_Cannot_Make()
    {
        Assert.Throws<AutodidactException>(() => new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = 0 }));
        var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions());
        Assert.Throws<ArgumentException>(() => generator.Make([new BatchPlan(0, 0, [40], _spec)]).ToList());
        Assert.Throws<ArgumentException>(() => generator.Make([new BatchPlan(0, 0, [], _spec)]).ToList());
        Assert.Throws<AutodidactException>(
            () => generator.Make([new BatchPlan(0, 0, [1], ViewSpec.Plain(0, PixelNormalization.None))]).ToList());
        generator.Dispose();
        Assert.Throws<ObjectDisposedException>(() => generator.Make([]));
    }

    private static IEnumerable<BatchPlan> Endless()
    {
        for (var step = 0L; ; step++)
            yield return new BatchPlan(0, step, [1, 2, 3], _spec);
    }

    private static List<BatchPlan> Plans(int count, int batch, ViewSpec spec) =>
        [
            .. Enumerable.Range(0, count).Select(s => new BatchPlan(
                s / 3, s, [.. Enumerable.Range(0, batch).Select(i => ((s * 7) + (i * 3)) % 40)], spec)),
        ];

    private static List<float> Collect(int workers, int ahead, List<BatchPlan> plans)
    {
        using var generator = new ViewGenerator(_images, Seed, new ViewGeneratorOptions { Workers = workers, PrefetchBatches = ahead });
        var values = new List<float>();
        foreach (var batch in generator.Make(plans))
        {
            using (batch)
                values.AddRange(Values(batch.All));
        }

        return values;
    }

    private static float[] Values(torch.Tensor tensor)
    {
        using var copy = tensor.contiguous();
        return copy.data<float>().ToArray();
    }

    private static unsafe nint Address(torch.Tensor channelsLast)
    {
        using var flat = channelsLast.permute(0, 2, 3, 1);
        fixed (byte* start = flat.bytes)
            return (nint)start;
    }

    private sealed class FailingImages : IImageSet
    {
        public int Count => 40;

        public int Height => 28;

        public int Width => 24;

        public ReadOnlySpan<byte> Pixels(int index) => index == 6 ? throw new IOException("no such page") : _images.Pixels(index);

        public string Key(int index) => $"{index}";
    }
}

/// <summary>Generates until the test itself is cancelled.</summary>
file static class ViewGeneratorExtensions
{
    internal static IEnumerable<ViewBatch> Make(this ViewGenerator generator, IEnumerable<BatchPlan> plans) =>
        generator.Generate(plans, TestContext.Current.CancellationToken);
}
