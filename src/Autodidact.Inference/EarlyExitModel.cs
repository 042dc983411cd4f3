using System.Numerics.Tensors;
using Autodidact.Images;
using Autodidact.Inference.Graphs;
using Autodidact.Numerics;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>
/// A model that Autodidact exported. Images run stage by stage; those an exit is sure of leave the batch there and take nothing of the deeper stages. Thread-safe.
/// </summary>
public sealed class EarlyExitModel : IDisposable
{
    private const string Map = "map";
    private const string Feature = "feature";
    private const string Logits = "logits";
    private const string PixelsName = "pixels";
    private const string ImagesName = "images";

    private readonly ModelOptions _options;
    private readonly ImageDecoder _decoder = new();
    private readonly PictureInput _input;
    private readonly GraphSession[] _stages;
    private readonly GraphSession[] _models;
    private readonly GraphSession? _encoder;
    private readonly PictureInput? _encoderInput;

    private EarlyExitModel(string folder, ModelManifest manifest, ModelOptions options)
    {
        Manifest = manifest;
        _options = options;
        var input = manifest.Input;
        var (taken, takenName) = Taken(input);
        var logits = new GraphValue(GraphType.Float, [GraphFile.Batch, manifest.Clusters]);
        _input = Pictures(input);
        _models = [.. manifest.Exits.Select(e => Session(e.ModelFile, takenName, taken, new() { [Logits] = logits, [Feature] = FeatureOf(manifest.FeatureSize) }))];

        // Shapes of maps are the stages' own affair: each graph says its own, and the runtime refuses a map that does not fit.
        _stages =
        [
            .. manifest.Exits.Select((e, i) => Session(
                e.StageFile,
                i == 0 ? takenName : "previous_map",
                i == 0 ? taken : null,
                i == manifest.Exits.Count - 1 ? new() { [Logits] = logits } : new() { [Logits] = logits, [Map] = null })),
        ];
        if (manifest.Encoder is { } encoder)
        {
            var (encoderTaken, encoderTakenName) = Taken(encoder.Input);
            _encoder = Session(encoder.File, encoderTakenName, encoderTaken, new() { [Feature] = FeatureOf(encoder.FeatureSize) });
            _encoderInput = Pictures(encoder.Input);
        }

        PictureInput Pictures(ManifestInput of) => new(
            of, of.PreprocessingFile is { } file ? Session(file, PixelsName, PixelsOf(of), new() { [ImagesName] = ImagesOf(of) }) : null);

        GraphSession Session(string name, string takes, GraphValue? value, Dictionary<string, GraphValue?> outputs) =>
            new(Path.Combine(folder, name), options, new GraphUse(takes, value, outputs, manifest.Digest(name)));
    }

    /// <summary>What the model is.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Bytes of one picture: side x side x 3.</summary>
    public int BytesPerImage => _input.BytesPerImage;

    /// <summary>Opens a model; its graphs are read when they are first needed.</summary>
    /// <param name="folder">A folder that <c>autodidact export</c> made.</param>
    /// <param name="options">How to run it; the defaults if left out.</param>
    /// <exception cref="AutodidactException">The folder holds no model; kind Data.</exception>
    public static EarlyExitModel Load(string folder, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new ModelOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        return new EarlyExitModel(folder, ModelManifest.Load(folder), options);
    }

    /// <summary>Answers for an image file.</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <exception cref="ImageDecodeException">The file is no image that can be read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Prediction Predict(string path, ExitPolicy? policy = null) => Predict(Decode(File.ReadAllBytes(path)), policy);

    /// <summary>Answers for an encoded image.</summary>
    /// <param name="encoded">JPEG, PNG, WebP, GIF, TIFF or BMP, read to its end.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <exception cref="ImageDecodeException">The stream holds no image that can be read.</exception>
    public Prediction Predict(Stream encoded, ExitPolicy? policy = null) => Predict(Decode(ReadAll(encoded)), policy);

    /// <summary>Answers for a picture.</summary>
    /// <param name="pixels">RGB bytes, side x side x 3 (<see cref="BytesPerImage"/>), row by row.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    public Prediction Predict(ReadOnlyMemory<byte> pixels, ExitPolicy? policy = null) => PredictBatch(pixels, policy)[0];

    /// <summary>Answers for several pictures.</summary>
    /// <param name="pixels">RGB bytes, picture after picture, <see cref="BytesPerImage"/> each.</param>
    /// <param name="policy">When an exit's answer is taken; <see cref="ExitPolicy.Default"/> if left out.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public IReadOnlyList<Prediction> PredictBatch(ReadOnlyMemory<byte> pixels, ExitPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        policy ??= ExitPolicy.Default;
        var predictions = new Prediction[_input.CountOf(pixels)];
        for (var first = 0; first < predictions.Length; first += _options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(_options.BatchSize, predictions.Length - first);
            using var input = _input.Of(pixels, first, count);
            if (policy is ExitPolicy.AtExit { Exit: var exit })
            {
                AnswerAt(CheckedExit(exit), input, predictions.AsSpan(first, count));
            }
            else
            {
                AnswerEarly(policy.Rule(Manifest), input, predictions.AsMemory(first, count));
            }
        }

        return predictions;
    }

    /// <summary>Features of several pictures.</summary>
    /// <param name="pixels">RGB bytes, picture after picture, as <see cref="Decode"/> gives them for this source.</param>
    /// <param name="source">Whose features; the deepest exit's if left out.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>One row an image, as the network gives it (not normalised), owned by the caller.</returns>
    /// <exception cref="AutodidactException">The model has no such exit, or no encoder; kind Usage.</exception>
    public FeatureMatrix EmbedBatch(ReadOnlyMemory<byte> pixels, FeatureSource source = default, CancellationToken cancellationToken = default)
    {
        var (model, pictures, size) = Resolve(source);
        var total = pictures.CountOf(pixels);
        model.Open();
        var features = new FeatureMatrix(total, size);
        try
        {
            for (var first = 0; first < total; first += _options.BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(_options.BatchSize, total - first);
                using var input = pictures.Of(pixels, first, count);
                using var outputs = model.Run(input, [Feature]);
                Values(outputs[0], count, size, model).CopyTo(features.Block(first, count));
            }
        }
        catch
        {
            features.Dispose();
            throw;
        }

        return features;
    }

    /// <summary>Feature of an image file, as the network gives it (not normalised).</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF, TIFF or BMP.</param>
    /// <param name="source">Whose feature; the deepest exit's if left out.</param>
    /// <exception cref="ImageDecodeException">The file is no image that can be read.</exception>
    /// <exception cref="AutodidactException">The model has no such exit, or no encoder; kind Usage.</exception>
    public float[] Embed(string path, FeatureSource source = default)
    {
        using var features = EmbedBatch(Decode(File.ReadAllBytes(path), source), source);
        return features[0].ToArray();
    }

    /// <summary>Size of a feature.</summary>
    /// <param name="source">Whose.</param>
    /// <exception cref="AutodidactException">The model has no such exit, or no encoder; kind Usage.</exception>
    public int FeatureSizeOf(FeatureSource source) => Resolve(source).Size;

    /// <summary>Decodes an image as training did: see <see cref="ManifestInput"/>.</summary>
    /// <param name="encoded">The encoded file.</param>
    /// <param name="source">What the picture is for: the encoder may take another size than the exits.</param>
    /// <returns>RGB bytes; <see cref="BytesPerImage"/> for an exit.</returns>
    /// <exception cref="ImageDecodeException">It is no image that can be read.</exception>
    public byte[] Decode(ReadOnlyMemory<byte> encoded, FeatureSource source = default) => _decoder.Decode(encoded, SideOf(source)).Pixels;

    /// <summary>Side of the pictures a source takes.</summary>
    internal int SideOf(FeatureSource source) => Resolve(source).Input.Side;

    /// <inheritdoc/>
    public void Dispose()
    {
        IEnumerable<IDisposable?> parts = [.. _stages, .. _models, _encoder, _input, _encoderInput];
        foreach (var part in parts)
        {
            part?.Dispose();
        }
    }

    private void AnswerAt(int exit, OrtValue input, Span<Prediction> predictions)
    {
        var session = _models[exit - 1];
        using var outputs = session.Run(input, [Logits]);
        var logits = Values(outputs[0], predictions.Length, Manifest.Clusters, session);
        var probabilities = new float[Manifest.Clusters];
        for (var row = 0; row < predictions.Length; row++)
        {
            Softmax(logits.Slice(row * Manifest.Clusters, Manifest.Clusters), exit - 1, probabilities);
            predictions[row] = Answer(probabilities, exit - 1, Manifest.Exits[exit - 1].Macs);
        }
    }

    private void AnswerEarly(Func<int, ReadOnlySpan<float>, bool> taken, OrtValue images, Memory<Prediction> predictions)
    {
        var left = Enumerable.Range(0, predictions.Length).ToArray();
        var probabilities = new float[Manifest.Clusters];
        var input = images;
        var owned = new Stack<IDisposable>();
        long asked = 0;
        try
        {
            for (var exit = 0; left.Length > 0; exit++)
            {
                var deepest = exit == _stages.Length - 1;
                var outputs = _stages[exit].Run(input, deepest ? [Logits] : [Logits, Map]);
                owned.Push(outputs);
                asked += Manifest.Exits[exit].BranchMacs;
                var macs = Manifest.Exits[exit].Macs - Manifest.Exits[exit].BranchMacs + asked;
                var logits = Values(outputs[0], left.Length, Manifest.Clusters, _stages[exit]);
                var staying = new List<int>();
                for (var row = 0; row < left.Length; row++)
                {
                    Softmax(logits.Slice(row * Manifest.Clusters, Manifest.Clusters), exit, probabilities);
                    if (deepest || taken(exit, probabilities))
                    {
                        predictions.Span[left[row]] = Answer(probabilities, exit, macs);
                    }
                    else
                    {
                        staying.Add(row);
                    }
                }

                if (staying.Count > 0)
                {
                    input = outputs[1];
                    if (staying.Count < left.Length)
                    {
                        input = Rows(input, left.Length, staying);
                        owned.Push(input);
                    }
                }

                left = [.. staying.Select(row => left[row])];
            }
        }
        finally
        {
            while (owned.TryPop(out var disposable))
            {
                disposable.Dispose();
            }
        }
    }

    /// <summary>Rows of a batch of maps as a batch of their own.</summary>
    private static OrtValue Rows(OrtValue maps, int count, List<int> rows)
    {
        var shape = maps.GetTensorTypeAndShape().Shape;
        var values = maps.GetTensorDataAsSpan<float>();
        var length = values.Length / count;
        var kept = new float[rows.Count * length];
        for (var i = 0; i < rows.Count; i++)
        {
            values.Slice(rows[i] * length, length).CopyTo(kept.AsSpan(i * length));
        }

        shape[0] = rows.Count;
        return OrtValue.CreateTensorValueFromMemory(kept, shape);
    }

    private Prediction Answer(ReadOnlySpan<float> probabilities, int exit, long macs)
    {
        var cluster = TensorPrimitives.IndexOfMax(probabilities);
        return new Prediction(cluster, Manifest.Names?[cluster], probabilities[cluster], exit + 1, macs);
    }

    private void Softmax(ReadOnlySpan<float> logits, int exit, Span<float> probabilities)
    {
        // The largest is taken off first: exp of a large logit is infinite, and so is a large logit over a small temperature.
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);
        TensorPrimitives.Divide(probabilities, (float)Manifest.Exits[exit].Temperature, probabilities);
        TensorPrimitives.Exp(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
    }

    private static ReadOnlySpan<float> Values(OrtValue output, int rows, int columns, GraphSession session)
    {
        var shape = output.GetTensorTypeAndShape();
        if (shape.ElementDataType != Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float || !shape.Shape.AsSpan().SequenceEqual([rows, columns]))
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{session.Path}: it gives {shape.ElementDataType} ({string.Join(", ", shape.Shape)}), {ModelManifest.FileName} says float ({rows}, {columns}): export the model again");
        }

        // The largest of numbers that are none would be some cluster too.
        var values = output.GetTensorDataAsSpan<float>();
        return TensorPrimitives.IsFiniteAll(values)
            ? values
            : throw new AutodidactException(FailureKind.Data, $"{session.Path}: it gives values that are not finite, so its weights are broken: export the model again");
    }

    private static GraphValue PixelsOf(ManifestInput input) => new(GraphType.Uint8, [GraphFile.Batch, input.Side, input.Side, 3]);

    private static GraphValue ImagesOf(ManifestInput input) => new(GraphType.Float, [GraphFile.Batch, 3, input.ViewSize, input.ViewSize]);

    private static GraphValue FeatureOf(int size) => new(GraphType.Float, [GraphFile.Batch, size]);

    /// <summary>What graphs over such pictures take: the pictures, or what the separate preprocessing makes of them.</summary>
    private static (GraphValue Value, string Name) Taken(ManifestInput input) =>
        input.PreprocessingFile is null ? (PixelsOf(input), PixelsName) : (ImagesOf(input), ImagesName);

    private (GraphSession Model, PictureInput Input, int Size) Resolve(FeatureSource source) =>
        !source.IsEncoder ? (_models[source.Exit == 0 ? ^1 : CheckedExit(source.Exit) - 1], _input, Manifest.FeatureSize)
        : _encoder is not null ? (_encoder, _encoderInput!, Manifest.Encoder!.FeatureSize)
        : throw new AutodidactException(FailureKind.Usage, "the model was exported without its encoder: choose an exit");

    private int CheckedExit(int exit) => exit >= 1 && exit <= Manifest.Exits.Count
        ? exit
        : throw new AutodidactException(FailureKind.Usage, $"exit {exit}: the model has exits 1 to {Manifest.Exits.Count}");

    private static byte[] ReadAll(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
