using Autodidact.Images;
using Autodidact.Numerics;

namespace Autodidact.Inference;

/// <summary>
/// A model that Autodidact exported. Images run stage by stage; those an exit is sure of leave the batch there and take nothing of the
/// deeper stages.
/// </summary>
/// <remarks>
/// <para>Thread-safe: one model serves a whole program, and <see cref="Dispose"/> waits for the calls that are running.</para>
/// <para>
/// Images come in two forms. <c>Predict</c> and <c>Embed</c> take encoded images: the path, the stream or the bytes of a JPEG, PNG, WebP,
/// GIF, TIFF or BMP file. <see cref="PredictPixels"/> and <see cref="EmbedPixels"/> take decoded ones, as <see cref="Decode"/> gives them.
/// </para>
/// <para>
/// All that a user of the program can cause is an <see cref="AutodidactException"/>: an image that cannot be read or decoded (an <see
/// cref="ImageDecodeException"/>, which is one), a damaged model, an exit that does not exist. What a stream throws by itself is passed on.
/// </para>
/// </remarks>
public sealed class EarlyExitModel : IDisposable
{
    private readonly CallGate _gate;
    private readonly ImageDecoder _decoder = new();
    private readonly ModelSessions _sessions;
    private readonly ExitAnswers _answers;
    private readonly int _batchSize;

    private EarlyExitModel(string folder, ModelManifest manifest, ModelOptions options)
    {
        _gate = new CallGate(this);
        Manifest = manifest;
        _batchSize = options.BatchSize;
        _sessions = new ModelSessions(folder, manifest, options);
        _answers = new ExitAnswers(manifest, _sessions);
    }

    /// <summary>The model's description: sizes, exits, names, measurements.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Bytes of one decoded picture: side x side x 3.</summary>
    public int BytesPerImage => _sessions.Input.BytesPerImage;

    /// <summary>Opens a model. Its graphs are read when they are first needed, or at once with <see cref="ModelOptions.Verify"/>.</summary>
    /// <param name="folder">A folder that <c>autodidact export</c> made, or the run directory it belongs to.</param>
    /// <param name="options">How to run it; the defaults if left out.</param>
    /// <exception cref="AutodidactException">
    /// The folder holds no model, or a damaged one; kind Data. Or the provider asked for is not there; kind Environment.
    /// </exception>
    public static EarlyExitModel Load(string folder, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new ModelOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        OnnxSession.Require(options.Provider);
        folder = ModelManifest.FolderOf(folder);
        var model = new EarlyExitModel(folder, ModelManifest.Load(folder), options);
        try
        {
            if (options.Verify)
            {
                model.RunEveryGraph();
            }

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Answers for an image file.</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <exception cref="AutodidactException">The file cannot be read, or is no image that can be decoded; kind Data.</exception>
    public Prediction Predict(string path, ExitPolicy? policy = null)
    {
        _gate.ThrowIfClosed();
        return Answer(Decoded(EncodedImage.Read(path), default, path), policy);
    }

    /// <summary>Answers for an encoded image.</summary>
    /// <param name="encoded">All bytes of a JPEG, PNG, WebP, GIF, TIFF or BMP file; for pixels see <see cref="PredictPixels"/>.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <exception cref="ImageDecodeException">The bytes are no image that can be decoded.</exception>
    public Prediction Predict(ReadOnlyMemory<byte> encoded, ExitPolicy? policy = null)
    {
        _gate.ThrowIfClosed();
        return Answer(Decoded(encoded, default), policy);
    }

    /// <summary>Answers for an encoded image.</summary>
    /// <param name="encoded">
    /// JPEG, PNG, WebP, GIF, TIFF or BMP, read to its end. The body of a web request wants <c>PredictAsync</c>.
    /// </param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <exception cref="ImageDecodeException">The stream holds no image that can be decoded.</exception>
    public Prediction Predict(Stream encoded, ExitPolicy? policy = null)
    {
        _gate.ThrowIfClosed();
        return Answer(Decoded(EncodedImage.Read(encoded), default), policy);
    }

    /// <summary>Answers for an image file. The calling thread neither waits nor computes.</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="cancellationToken">Stops the reading, or the answer before it begins.</param>
    /// <exception cref="AutodidactException">The file cannot be read, or is no image that can be decoded; kind Data.</exception>
    public async Task<Prediction> PredictAsync(string path, ExitPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        _gate.ThrowIfClosed();
        var encoded = await EncodedImage.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () => Answer(Decoded(encoded, default, path, cancellationToken), policy), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Answers for an encoded image. The calling thread does not compute.</summary>
    /// <param name="encoded">All bytes of a JPEG, PNG, WebP, GIF, TIFF or BMP file; they must not change until the task is done.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="cancellationToken">Stops the answer before it begins.</param>
    /// <exception cref="ImageDecodeException">The bytes are no image that can be decoded.</exception>
    public Task<Prediction> PredictAsync(
        ReadOnlyMemory<byte> encoded, ExitPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        _gate.ThrowIfClosed();
        return Task.Run(() => Answer(Decoded(encoded, default, null, cancellationToken), policy), cancellationToken);
    }

    /// <summary>Answers for an encoded image, such as the body of a web request. The calling thread neither waits nor computes.</summary>
    /// <param name="encoded">JPEG, PNG, WebP, GIF, TIFF or BMP, read to its end.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="cancellationToken">Stops the reading, or the answer before it begins.</param>
    /// <exception cref="ImageDecodeException">The stream holds no image that can be decoded.</exception>
    public async Task<Prediction> PredictAsync(Stream encoded, ExitPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        _gate.ThrowIfClosed();
        var bytes = await EncodedImage.ReadAsync(encoded, cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () => Answer(Decoded(bytes, default, null, cancellationToken), policy), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Answers for decoded pictures, one or many.</summary>
    /// <param name="pixels">RGB bytes, picture after picture, <see cref="BytesPerImage"/> each: side x side x 3, row by row.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>One answer a picture, in their order.</returns>
    /// <exception cref="ArgumentException">The bytes are no whole number of pictures.</exception>
    /// <exception cref="AutodidactException">A graph is damaged (kind Data), or the policy does not fit the model (kind Usage).</exception>
    public IReadOnlyList<Prediction> PredictPixels(
        ReadOnlyMemory<byte> pixels, ExitPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        using var call = _gate.Enter();
        policy ??= ExitPolicy.Default;
        var predictions = new Prediction[_sessions.Input.CountOf(pixels)];
        if (predictions.Length == 0) return predictions;
        cancellationToken.ThrowIfCancellationRequested();
        var batch = BatchFor(policy);
        for (var first = 0; first < predictions.Length; first += batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(batch, predictions.Length - first);
            using var input = _sessions.Input.Of(pixels, first, count);
            _answers.Answer(input, policy, predictions.AsSpan(first, count));
        }

        return predictions;
    }

    /// <summary>Feature of an image file, as the network gives it (not normalised).</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <exception cref="AutodidactException">
    /// The file cannot be read or decoded (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public float[] Embed(string path, FeatureSource source = default)
    {
        _gate.ThrowIfClosed();
        return Feature(Decoded(EncodedImage.Read(path), source, path), source);
    }

    /// <summary>Feature of an encoded image, as the network gives it (not normalised).</summary>
    /// <param name="encoded">All bytes of a JPEG, PNG, WebP, GIF, TIFF or BMP file; for pixels see <see cref="EmbedPixels"/>.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <exception cref="AutodidactException">
    /// The bytes are no image that can be decoded (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public float[] Embed(ReadOnlyMemory<byte> encoded, FeatureSource source = default)
    {
        _gate.ThrowIfClosed();
        return Feature(Decoded(encoded, source), source);
    }

    /// <summary>Feature of an encoded image, as the network gives it (not normalised).</summary>
    /// <param name="encoded">JPEG, PNG, WebP, GIF, TIFF or BMP, read to its end. The body of a web request wants <c>EmbedAsync</c>.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <exception cref="AutodidactException">
    /// The stream holds no image that can be decoded (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public float[] Embed(Stream encoded, FeatureSource source = default)
    {
        _gate.ThrowIfClosed();
        return Feature(Decoded(EncodedImage.Read(encoded), source), source);
    }

    /// <summary>
    /// Feature of an image file, as the network gives it (not normalised). The calling thread neither waits nor computes.
    /// </summary>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <param name="cancellationToken">Stops the reading, or the network before it begins.</param>
    /// <exception cref="AutodidactException">
    /// The file cannot be read or decoded (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public async Task<float[]> EmbedAsync(string path, FeatureSource source = default, CancellationToken cancellationToken = default)
    {
        _gate.ThrowIfClosed();
        var encoded = await EncodedImage.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () => Feature(Decoded(encoded, source, path, cancellationToken), source), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Feature of an encoded image, as the network gives it (not normalised). The calling thread does not compute.</summary>
    /// <param name="encoded">All bytes of a JPEG, PNG, WebP, GIF, TIFF or BMP file; they must not change until the task is done.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <param name="cancellationToken">Stops the network before it begins.</param>
    /// <exception cref="AutodidactException">
    /// The bytes are no image that can be decoded (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public Task<float[]> EmbedAsync(
        ReadOnlyMemory<byte> encoded, FeatureSource source = default, CancellationToken cancellationToken = default)
    {
        _gate.ThrowIfClosed();
        return Task.Run(() => Feature(Decoded(encoded, source, null, cancellationToken), source), cancellationToken);
    }

    /// <summary>Feature of an encoded image, such as the body of a web request. The calling thread neither waits nor computes.</summary>
    /// <param name="encoded">JPEG, PNG, WebP, GIF, TIFF or BMP, read to its end.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <param name="cancellationToken">Stops the reading, or the network before it begins.</param>
    /// <exception cref="AutodidactException">
    /// The stream holds no image that can be decoded (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public async Task<float[]> EmbedAsync(Stream encoded, FeatureSource source = default, CancellationToken cancellationToken = default)
    {
        _gate.ThrowIfClosed();
        var bytes = await EncodedImage.ReadAsync(encoded, cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () => Feature(Decoded(bytes, source, null, cancellationToken), source), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Features of decoded pictures, one or many.</summary>
    /// <param name="pixels">RGB bytes, picture after picture, as <see cref="Decode"/> gives them for this source.</param>
    /// <param name="source">Whose features; the deepest exit's if left out.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>One row an image, as the network gives it (not normalised), owned by the caller.</returns>
    /// <exception cref="ArgumentException">The bytes are no whole number of pictures.</exception>
    /// <exception cref="AutodidactException">
    /// A graph is damaged (kind Data), or the model has no such exit or no encoder (kind Usage).
    /// </exception>
    public FeatureMatrix EmbedPixels(
        ReadOnlyMemory<byte> pixels, FeatureSource source = default, CancellationToken cancellationToken = default)
    {
        using var call = _gate.Enter();
        var (graph, pictures, size) = _sessions.Of(source);
        var total = pictures.CountOf(pixels);
        graph.Open();
        var batch = Math.Min(_batchSize, Math.Min(pictures.MostRows, graph.MostRows));
        var features = new FeatureMatrix(total, size);
        try
        {
            for (var first = 0; first < total; first += batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(batch, total - first);
                using var input = pictures.Of(pixels, first, count);
                using var outputs = graph.Run(input, [ModelSessions.Feature]);
                graph.Floats(outputs[0], count, size).CopyTo(features.Block(first, count));
            }
        }
        catch
        {
            features.Dispose();
            throw;
        }

        return features;
    }

    /// <summary>Size of a feature.</summary>
    /// <param name="source">Whose.</param>
    /// <exception cref="AutodidactException">The model has no such exit, or no encoder; kind Usage.</exception>
    public int FeatureSizeOf(FeatureSource source) => _sessions.Of(source).Size;

    /// <summary>Decodes an image as training did: see <see cref="ManifestInput"/>.</summary>
    /// <param name="encoded">The encoded file.</param>
    /// <param name="source">The network the picture is for: the encoder may take another size than the exits.</param>
    /// <returns>RGB bytes; <see cref="BytesPerImage"/> for an exit.</returns>
    /// <exception cref="ImageDecodeException">It is no image that can be decoded.</exception>
    public byte[] Decode(ReadOnlyMemory<byte> encoded, FeatureSource source = default) =>
        DecodeCancellable(encoded, source, CancellationToken.None);

    /// <summary>Decodes an image as training did.</summary>
    /// <param name="encoded">The encoded file.</param>
    /// <param name="source">The network the picture is for.</param>
    /// <param name="cancellationToken">Stops the decoding of a large image.</param>
    /// <exception cref="ImageDecodeException">It is no image that can be decoded.</exception>
    internal byte[] DecodeCancellable(ReadOnlyMemory<byte> encoded, FeatureSource source, CancellationToken cancellationToken) =>
        _decoder.DecodeCancellable(encoded, SideOf(source), cancellationToken).Pixels;

    /// <summary>Pictures that go through the network at once: as many as were asked for, or as memory is allowed for.</summary>
    internal int BatchFor(ExitPolicy policy) => Math.Min(_batchSize, Math.Min(_sessions.Input.MostRows, _answers.MostRows(policy)));

    /// <summary>Reads the graphs that pictures for a source go through, and holds them against the manifest.</summary>
    /// <exception cref="AutodidactException">One is missing, or not what the manifest says; kind Data.</exception>
    internal void Open(FeatureSource source)
    {
        var (graph, input, _) = _sessions.Of(source);
        input.Open();
        graph.Open();
    }

    /// <summary>Side of the pictures a source takes.</summary>
    internal int SideOf(FeatureSource source) => _sessions.Of(source).Input.Side;

    /// <summary>
    /// Frees the model's graphs, after the calls that are running in them have ended. Later calls, and those that are still reading their
    /// stream, end with <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        if (_gate.Close())
        {
            _sessions.Dispose();
        }
    }

    private Prediction Answer(byte[] pixels, ExitPolicy? policy) => PredictPixels(pixels, policy)[0];

    private float[] Feature(byte[] pixels, FeatureSource source)
    {
        using var features = EmbedPixels(pixels, source);
        return features[0].ToArray();
    }

    /// <summary>Decodes, and says of which file or of which mistake a failure is.</summary>
    private byte[] Decoded(
        ReadOnlyMemory<byte> encoded, FeatureSource source, string? path = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return DecodeCancellable(encoded, source, cancellationToken);
        }
        catch (ImageDecodeException e) when (path is not null)
        {
            throw new ImageDecodeException($"{path}: {e.Message}", e);
        }
        catch (ImageDecodeException e) when (encoded.Length > 0 && encoded.Length % BytesPerImage == 0)
        {
            throw new ImageDecodeException($"{e.Message}; if its {encoded.Length} bytes are pixels, {nameof(PredictPixels)} takes them", e);
        }
    }

    /// <summary>Each exit alone, all stages in turn, and the encoder, on a black picture.</summary>
    private void RunEveryGraph()
    {
        var picture = new byte[BytesPerImage];
        for (var exit = 1; exit <= Manifest.Exits.Count; exit++)
        {
            PredictPixels(picture, ExitPolicy.Fixed(exit));
        }

        // No probability reaches 2, so the picture goes through every stage.
        PredictPixels(picture, ExitPolicy.PerExit([.. Manifest.Exits.Select(_ => 2.0)]));
        if (_sessions.HasEncoder)
        {
            var side = SideOf(FeatureSource.Encoder);
            EmbedPixels(new byte[side * side * 3], FeatureSource.Encoder).Dispose();
        }
    }
}
