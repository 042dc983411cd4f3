using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Tests.Images;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

/// <summary>One image by every way it can come: path, bytes, stream, at once or awaited.</summary>
public sealed class EncodedImageTests : IClassFixture<ExportedModel>, IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly byte[] _encoded = TestImages.Png(20, 24, seed: 4);
    private readonly EarlyExitModel _model;
    private readonly string _path;

    public EncodedImageTests(ExportedModel exported)
    {
        _model = EarlyExitModel.Load(exported.Folder);
        _path = _scratch["picture.png"];
        File.WriteAllBytes(_path, _encoded);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _model.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Should_Predict_The_Same_By_Every_Way()
    {
        var policy = ExitPolicy.Fixed(3);
        var expected = _model.PredictPixels(_model.Decode(_encoded), policy, Token)[0];
        Prediction[] answers =
        [
            _model.Predict(_path, policy),
            _model.Predict(_encoded, policy),
            _model.Predict(new MemoryStream(_encoded), policy),
            await _model.PredictAsync(_path, policy, Token),
            await _model.PredictAsync(_encoded, policy, Token),
            await _model.PredictAsync(new RequestBody(_encoded), policy, Token),
        ];
        Assert.All(answers, answer => Assert.Equal(expected.Probabilities, answer.Probabilities));
        Assert.All(answers, answer => Assert.Equal(3, answer.Exit));
    }

    [Fact]
    public async Task Should_Embed_The_Same_By_Every_Way()
    {
        using var expected = _model.EmbedPixels(_model.Decode(_encoded, 2), 2, Token);
        float[][] features =
        [
            _model.Embed(_path, 2),
            _model.Embed(_encoded, 2),
            _model.Embed(new MemoryStream(_encoded), 2),
            await _model.EmbedAsync(_path, 2, Token),
            await _model.EmbedAsync(_encoded, 2, Token),
            await _model.EmbedAsync(new RequestBody(_encoded), 2, Token),
        ];
        Assert.All(features, feature => Assert.Equal(expected[0].ToArray(), feature));
    }

    [Fact]
    public async Task Should_Stop_Reading_When_Cancelled()
    {
        using var source = new CancellationTokenSource();
        var answer = _model.PredictAsync(new RequestBody(_encoded, ends: false), cancellationToken: source.Token);
        var feature = _model.EmbedAsync(new RequestBody(_encoded, ends: false), cancellationToken: source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => feature);
    }

    /// <summary>Whatever is wrong with an image, one type of exception tells it, with the file's name where there is one.</summary>
    [Fact]
    public async Task Should_Tell_Every_Fault_Of_An_Image_As_One_Kind_Of_Exception()
    {
        var (broken, missing) = (_scratch["broken.png"], _scratch["missing.png"]);
        File.WriteAllText(broken, "no picture");
        await Refused($"{broken}: not a JPEG", () => _model.Predict(broken), () => _model.PredictAsync(broken, cancellationToken: Token));
        await Refused($"{broken}: not a JPEG", () => _model.Embed(broken), () => _model.EmbedAsync(broken, cancellationToken: Token));
        await Refused(
            $"{missing}: no such file", () => _model.Predict(missing), () => _model.PredictAsync(missing, cancellationToken: Token));
        await Refused($"{missing}: no such file", () => _model.Embed(missing), () => _model.EmbedAsync(missing, cancellationToken: Token));
        var folder = Path.GetDirectoryName(broken)!;
        await Refused(
            $"{folder}: it is a folder", () => _model.Predict(folder), () => _model.PredictAsync(folder, cancellationToken: Token));
        await Refused(
            "the file is empty", () => _model.Predict(Stream.Null), () => _model.PredictAsync(Stream.Null, cancellationToken: Token));
        Assert.IsType<ImageDecodeException>(Record.Exception(() => _model.Predict(broken)));
    }

    [Fact]
    public async Task Should_Not_Read_More_Than_An_Image_May_Have() =>
        await Refused("too large", () => _model.Predict(new Endless()), () => _model.PredictAsync(new Endless(), cancellationToken: Token));

    [Fact]
    public async Task Should_Say_Which_Call_Takes_Pixels_And_Which_Takes_Files()
    {
        var pixels = new byte[_model.BytesPerImage];
        await Refused("PredictPixels takes", () => _model.Predict(pixels), () => _model.PredictAsync(pixels, cancellationToken: Token));
        var predicted = Assert.Throws<ArgumentException>(() => _model.PredictPixels(_encoded, null, Token));
        var embedded = Assert.Throws<ArgumentException>(() => _model.EmbedPixels(_encoded, default, Token));
        Assert.Contains("give it to Predict or Embed", predicted.Message, StringComparison.Ordinal);
        Assert.Contains("give it to Predict or Embed", embedded.Message, StringComparison.Ordinal);
    }

    private static async Task Refused(string says, Action now, Func<Task> awaited)
    {
        foreach (var refused in new[] { Record.Exception(now), await Record.ExceptionAsync(awaited) })
        {
            var known = Assert.IsAssignableFrom<AutodidactException>(refused);
            Assert.Equal(FailureKind.Data, known.Kind);
            Assert.Contains(says, known.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', known.Message);
        }
    }

    /// <summary>The body of a web request: it comes in pieces, and a thread that would wait for one is refused.</summary>
    private sealed class RequestBody(byte[] bytes, bool ends = true) : MemoryStream
    {
        private int _at;

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new InvalidOperationException("synchronous operations are disallowed");

        public override int Read(Span<byte> buffer) => throw new InvalidOperationException("synchronous operations are disallowed");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            if (_at == bytes.Length && !ends) await Task.Delay(Timeout.Infinite, cancellationToken);
            var piece = bytes.AsSpan(_at, Math.Min(100, bytes.Length - _at));
            piece.CopyTo(buffer.Span);
            _at += piece.Length;
            return piece.Length;
        }
    }

    /// <summary>A sender who never ends.</summary>
    private sealed class Endless : MemoryStream
    {
        public override int Read(Span<byte> buffer) => buffer.Length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(buffer.Length);
    }
}
