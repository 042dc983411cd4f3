using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class DataPreparerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Cache => _directory["cache"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Say_That_The_Cache_Folder_Cannot_Be_Made()
    {
        var file = _directory.Write("file", "in the way");
        var folder = Path.Combine(file, "cache");
        var e = Assert.Throws<AutodidactException>(() => DataPreparer.Prepare(
            new DataRequest { CacheDirectory = folder, SyntheticTrainImages = 4, SyntheticEvaluationImages = 2 },
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Environment, e.Kind);
        Assert.StartsWith($"the cache folder {folder} cannot be made (", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("): set AUTODIDACT_CACHE to a folder that can be written", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Prepare_Splits_With_The_Same_Classes_And_Size()
    {
        WriteSet("set/train/cat", 3, 30);
        WriteSet("set/train/dog", 3, 30, 10);
        WriteSet("set/test/dog", 2, 50, 20);
        _directory.Write("set/test/dog/broken.png", "no image");
        using var data = Prepare("set");
        Assert.Equal(
            (6, 2, 30, 30), (data.Train.Count, data.Evaluation!.Count, data.Train.Height, data.Evaluation.Height));
        Assert.Equal("test/dog/broken.png", Assert.Single(data.Skipped).Key);
        var train = data.TrainLabels.Open();
        var evaluation = data.EvaluationLabels!.Open();
        Assert.Equal(["cat", "dog"], train.Classes);
        Assert.Equal(train.Classes, evaluation.Classes);
        Assert.Equal([0, 0, 0, 1, 1, 1], Enumerable.Range(0, 6).Select(i => train[i]));
        Assert.Equal([1, 1], Enumerable.Range(0, 2).Select(i => evaluation[i]));
        Assert.NotEmpty(data.TrainLabels.Open().Classes);
        Assert.False(data.FromCache);
    }

    [Fact]
    public void Should_Reuse_The_Pack_Until_The_Data_Or_The_Options_Change()
    {
        WriteSet("set/cat", 8, 20);
        WriteSet("set/dog", 8, 20, 10);
        Prepare("set").Dispose();
        var packs = Packs();
        var written = packs.Select(File.GetLastWriteTimeUtc).ToArray();
        using (var again = Prepare("set"))
            Assert.True(again.FromCache);
        Assert.Equal(written, packs.Select(File.GetLastWriteTimeUtc));
        using (var other = Prepare("set", request => request with { ImageSize = 10 }))
            Assert.Equal((false, 10), (other.FromCache, other.Train.Height));
        File.SetLastWriteTimeUtc(_directory["set/cat/0.png"], DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(_directory["set/dog/10.png"], DateTime.UnixEpoch);
        using var changed = Prepare("set");
        Assert.False(changed.FromCache);
    }

    /// <summary>The cache may be another user's, on a disk that cannot be written.</summary>
    [Fact]
    public void Should_Write_Nothing_Where_The_Cache_Holds_The_Pack()
    {
        WriteSet("set/cat", 4, 20);
        WriteSet("set/dog", 4, 20, 10);
        Prepare("set").Dispose();
        var before = Files();
        using (var again = Prepare("set"))
            Assert.Equal(["cat", "dog"], again.TrainLabels.Open().Classes);
        using (var unlabelled = Prepare("set", request => request with { Labels = LabelSource.None }))
            Assert.Empty(unlabelled.TrainLabels.Open().Classes);
        Assert.Equal(before, Files());

        List<(string, DateTime)> Files() =>
            [.. Directory.GetFiles(Cache).Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file)))];
    }

    [Fact]
    public void Should_Remove_The_Claim_Of_A_Process_That_Was_Killed_When_Its_Pack_Was_Ready()
    {
        WriteSet("set/cat", 4, 20);
        string claim;
        using (var data = Prepare("set"))
            claim = data.Train.Path + ".lock";
        File.WriteAllBytes(claim, []);
        using (new FileStream(claim, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Prepare("set").Dispose();
        Assert.True(File.Exists(claim));
        Prepare("set").Dispose();
        Assert.False(File.Exists(claim));
    }

    [Fact]
    public void Should_Keep_Pixels_And_Labels_When_The_Cache_Is_Deleted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps files that are in use");
        WriteSet("set/cat", 4, 20);
        WriteSet("set/dog", 4, 20, 10);
        using var data = Prepare("set");
        var (pixels, labels) = (data.Train.Pixels(1).ToArray(), data.TrainLabels.Name);
        Directory.Delete(Cache, recursive: true);
        Assert.Equal(pixels, data.Train.Pixels(1));
        Assert.Equal(["cat", "dog"], data.TrainLabels.Open().Classes);
        using var again = Prepare("set");
        Assert.Equal((data.Train.Fingerprint, labels, false), (again.Train.Fingerprint, again.TrainLabels.Name, again.FromCache));
    }

    [Fact]
    public void Should_Build_A_Damaged_Pack_Again()
    {
        WriteSet("set", 4, 20);
        Prepare("set").Dispose();
        var path = Assert.Single(Packs());
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        using var data = Prepare("set");
        Assert.Equal((false, 4), (data.FromCache, data.Train.Count));
    }

    [Fact]
    public void Should_Give_A_Flat_Folder_No_Labels_And_No_Evaluation_Split()
    {
        WriteSet("set", 5, 20);
        using var data = Prepare("set");
        Assert.Equal((5, true), (data.Train.Count, data.Evaluation is null));
        Assert.Equal(0, data.TrainLabels.Open().Labelled);
    }

    [Fact]
    public void Should_Divide_Class_Folders_By_Key_Hash()
    {
        WriteSet("set/cat", 20, 16);
        WriteSet("set/dog", 20, 16, 50);
        using var data = Prepare("set");
        Assert.Equal((36, 4), (data.Train.Count, data.Evaluation!.Count));
        var keys = Enumerable.Range(0, 4).Select(data.Evaluation.Key).ToArray();

        // The same pictures inside an archive are divided alike.
        var images = Directory.GetFiles(_directory["set"], "*", SearchOption.AllDirectories)
            .Select(path => ("set/" + Path.GetRelativePath(_directory["set"], path).Replace('\\', '/'), File.ReadAllBytes(path)));
        TestImages.WriteZip(_directory["set.zip"], [.. images]);
        using var zipped = Prepare("set.zip");
        Assert.Equal(keys, Enumerable.Range(0, 4).Select(zipped.Evaluation!.Key));
        Assert.Equal(data.Train.Fingerprint, zipped.Train.Fingerprint);
    }

    [Fact]
    public void Should_Take_Labels_From_Csv_Without_Touching_The_Pack()
    {
        WriteSet("set/cat", 10, 16);
        WriteSet("set/dog", 10, 16, 50);
        using var own = Prepare("set");
        var bytes = Packs().Select(File.ReadAllBytes).ToArray();
        _directory.Write(
            "labels.csv", "key,label\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"{i}.png,red\n")) + "other.png,blue\n");
        using var csv = Prepare("set", request => request with { Labels = LabelSource.Csv(_directory["labels.csv"]) });
        Assert.True(csv.FromCache);
        Assert.Equal([$"1 key of {_directory["labels.csv"]} without an image"], csv.Notes);
        Assert.Equal(["red"], csv.TrainLabels.Open().Classes);
        using var none = Prepare("set", request => request with { Labels = LabelSource.None });
        Assert.True(none.FromCache);
        Assert.Empty(none.TrainLabels.Open().Classes);
        Assert.Equal(bytes, Packs().Select(File.ReadAllBytes));
        Assert.Equal(["cat", "dog"], own.TrainLabels.Open().Classes);
    }

    [Fact]
    public void Should_Evaluate_On_Other_Data_Where_Asked()
    {
        WriteSet("set/cat", 5, 16);
        WriteSet("set/dog", 5, 16, 50);
        WriteSet("other/cat", 2, 24, 0);
        WriteSet("other/eel", 2, 16, 50);
        using var data = Prepare("set", request => request with { EvaluationData = _directory["other"] });
        Assert.Equal((10, 4, 16), (data.Train.Count, data.Evaluation!.Count, data.Evaluation.Height));
        Assert.Equal(["cat", "dog", "eel"], data.TrainLabels.Open().Classes);
        Assert.Equal(["2 evaluation images also among the training images"], data.Notes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Take_A_Part_Of_The_Training_Images_And_Evaluate_On_A_Share_Of_Them(bool listed)
    {
        WriteSet("set/train/cat", 20, 16);
        WriteSet("set/train/dog", 20, 16, 50);
        WriteSet("set/test/cat", 5, 16, 100);
        HashSet<string> Keys(PackedImages pack) => [.. Enumerable.Range(0, pack.Count).Select(pack.Key)];
        PreparedData Part(int images, double share, bool join = false) => listed
            ? Prepare("set", request => request with { TrainImages = images, EvaluationShare = share, JoinEvaluationShare = join })
            : DataPreparer.Prepare(
                new DataRequest
                {
                    CacheDirectory = Cache,
                    SyntheticTrainImages = 40,
                    SyntheticEvaluationImages = 5,
                    TrainImages = images,
                    EvaluationShare = share,
                    JoinEvaluationShare = join,
                },
                Unlisted,
                null,
                TestContext.Current.CancellationToken);
        using var all = Part(0, 0);
        using var small = Part(10, 0.25);
        using var large = Part(20, 0.25);
        using var rest = Part(0, 0.25);
        using var joined = Part(20, 0.25, join: true);
        using var test = Part(20, 0);
        Assert.Equal([40, 10, 20, 30, 20, 20], new[] { all, small, large, rest, joined, test }.Select(d => d.Train.Count));
        Assert.Equal([5, 10, 10, 10, 15, 5], new[] { all, small, large, rest, joined, test }.Select(d => d.Evaluation!.Count));

        // Nested, so that more images mean the same ones and more; the share is the same whatever is trained on, and apart from it.
        Assert.ProperSubset(Keys(large.Train), Keys(small.Train));
        Assert.ProperSubset(Keys(rest.Train), Keys(large.Train));
        Assert.Equal(Keys(small.Evaluation!), Keys(rest.Evaluation!));
        Assert.Equal(Keys(all.Train), [.. Keys(rest.Train), .. Keys(rest.Evaluation!)]);
        Assert.Empty(Keys(rest.Train).Intersect(Keys(rest.Evaluation!)));
        Assert.Equal(Keys(joined.Evaluation!), [.. Keys(all.Evaluation!), .. Keys(rest.Evaluation!)]);
        Assert.Equal(10, rest.EvaluationLabels!.Open().Labelled);
    }

    [Fact]
    public void Should_Not_Divide_Class_Folders_Again_That_A_Share_Is_Taken_Of()
    {
        WriteSet("set/cat", 20, 16);
        WriteSet("set/dog", 20, 16, 50);
        using var data = Prepare("set", request => request with { EvaluationShare = 0.25 });
        Assert.Equal((30, 10, false), (data.Train.Count, data.Evaluation!.Count, data.SetAside));
    }

    [Fact]
    public void Should_Refuse_More_Training_Images_Than_There_Are()
    {
        WriteSet("set", 20, 16);
        var e = Assert.Throws<AutodidactException>(
            () => Prepare("set", request => request with { TrainImages = 16, EvaluationShare = 0.25 }));
        Assert.Equal(
            (
                FailureKind.Usage,
                "data.train_images=16: there are 15 training images beside 5 to evaluate on: ask for fewer, or for 0 (all)"),
            (e.Kind, e.Message));
    }

    [Fact]
    public void Should_Find_Cifar_Files_And_The_Built_In_Set()
    {
        var record = new byte[3073];
        _directory.Write("cifar/cifar-10-batches-bin/data_batch_1.bin", record);
        _directory.Write("cifar/cifar-10-batches-bin/test_batch.bin", record);
        using var cifar = Prepare("cifar");
        Assert.Equal((1, 1), (cifar.Train.Count, cifar.Evaluation!.Count));
        Assert.Equal(["1 evaluation image also among the training images"], cifar.Notes);

        var request = new DataRequest { CacheDirectory = Cache, Seed = 7, SyntheticTrainImages = 6, SyntheticEvaluationImages = 2 };
        using var data = DataPreparer.Prepare(request, Unlisted, null, TestContext.Current.CancellationToken);
        Assert.Equal((6, 2, "train/7/0"), (data.Train.Count, data.Evaluation!.Count, data.Train.Key(0)));
        Assert.NotEmpty(data.TrainLabels.Open().Classes);
    }

    [Fact]
    public void Should_Agree_When_Two_Build_The_Same_Pack_At_Once()
    {
        WriteSet("set/cat", 40, 16);
        WriteSet("set/dog", 40, 16, 50);
        var fingerprints = new string[4];
        Parallel.For(0, 4, i =>
        {
            using var data = Prepare("set");
            fingerprints[i] = data.Train.Fingerprint;
        });
        Assert.Single(fingerprints.Distinct());
        Assert.Equal(2, Packs().Length);
        Assert.Empty(Directory.GetFiles(Cache, "*.tmp"));
    }

    [Theory]
    [InlineData("missing", "no data at")]
    [InlineData("text.txt", "neither a folder nor a zip archive")]
    [InlineData("empty", "holds no images")]
    [InlineData("broken", "none of its 1 images can be decoded")]
    public void Should_Fail_In_One_Line_Where_There_Is_Nothing_To_Use(string data, string reason)
    {
        _directory.Write("text.txt", "hello");
        Directory.CreateDirectory(_directory["empty"]);
        _directory.Write("broken/a.png", "hello");
        var e = Assert.Throws<AutodidactException>(() => Prepare(data));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains(reason, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Should_Find_Splits_And_Labels_Of_Cifar10()
    {
        var path = SharedData.Require("cifar10.zip");
        var data = Resolve(path);
        Assert.Equal((50_000, 10_000), (data.Train.ExpectedCount, data.Evaluation!.ExpectedCount));
        var first = data.Evaluation.Enumerate(TestContext.Current.CancellationToken).First();
        Assert.Equal(("test/airplane/0000.jpg", "airplane"), (first.Key, first.Label));
        Assert.Equal((32, 32), new ImageDecoder().Measure(Assert.IsType<EncodedImage>(first.Content).Bytes));
    }

    [Fact]
    public void Should_Prepare_Evaluation_Images_Of_Tiny_ImageNet()
    {
        var data = Resolve(SharedData.Require("tiny-imagenet-20.zip"));
        Assert.Equal(10_000, data.Train.ExpectedCount);
        var labels = TestImages.Pack(data.Evaluation!, _directory["val.pack"]);
        using var pack = PackedImages.Open(_directory["val.pack"]);
        Assert.Equal((1000, 64, 64, 0), (pack.Count, pack.Height, pack.Width, pack.Skipped.Count));
        Assert.Equal(20, labels.Distinct().Count());
    }

    private static ListSource Unlisted(int count, ulong seed, string split) => new([.. Enumerable.Range(0, count).Select(i =>
        new ImageEntry(
            $"{split}/{seed}/{i}", $"shape{i % 2}", new RawImage(TestImages.Pixels(32, 32, i + (split == "test" ? 100 : 0)), 32, 32, 3)))]);

    private DataSources Resolve(string data) =>
        new DataCatalog((_, _, _) => new ListSource()).Resolve(data, new DataRequest { CacheDirectory = Cache });

    private PreparedData Prepare(string data, Func<DataRequest, DataRequest>? change = null)
    {
        var request = new DataRequest { Data = _directory[data], CacheDirectory = Cache };
        return DataPreparer.Prepare(change?.Invoke(request) ?? request, cancellationToken: TestContext.Current.CancellationToken);
    }

    private string[] Packs() => [.. Directory.GetFiles(Cache, "*.pack").Order(StringComparer.Ordinal)];

    private void WriteSet(string folder, int count, int side, int firstSeed = 0)
    {
        for (var i = firstSeed; i < firstSeed + count; i++)
            _directory.Write($"{folder}/{i}.png", TestImages.Png(side, side, i));
    }
}
