using Autodidact.Files;
using Autodidact.Numerics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Autodidact.Inference;

/// <summary>
/// An ONNX graph of any maker that gives a feature for an image. One input: pictures as float (batch, 3, height, width), float (batch,
/// height, width, 3) or bytes (batch, height, width, 3), sizes fixed or not. One of its outputs is the feature: (batch, d); or (batch,
/// tokens, d), which is averaged over the tokens; or a map, which is averaged over its positions. Not thread-safe.
/// </summary>
internal sealed class FeatureGraph : IDisposable
{
    private const int Channels = 3;
    private const int Rank = 4;

    /// <summary>Room is made for what the graph says it takes, before it is run.</summary>
    private const int LargestSide = 1024;
    private const int LargestBatch = 4096;
    private const long MostPixels = 1 << 25;

    /// <summary>The format, Protocol Buffers, ends there.</summary>
    private const long LargestFile = int.MaxValue;

    private readonly string _path;
    private readonly CallGate _gate;
    private readonly InferenceSession _session;
    private readonly bool _channelsFirst;
    private readonly int _batch;

    private FeatureGraph(string path, InferenceSession session, string? output)
    {
        _path = path;
        _gate = new CallGate(this);
        _session = session;
        if (session.InputNames.Count != 1)
        {
            throw Unfit(
                $"it takes {Plural.Of(session.InputNames.Count, "input")} ({string.Join(", ", session.InputNames)}), expected one");
        }

        InputName = session.InputNames[0];
        var input = session.InputMetadata[InputName];
        var sizes = input.Dimensions;
        if (!input.IsTensor || sizes.Length != Rank || input.ElementDataType is not (TensorElementType.Float or TensorElementType.UInt8))
        {
            throw Unfit(
                $"its input '{InputName}' is {input.ElementDataType} ({string.Join(", ", sizes)}), "
                + "expected float or bytes of four dimensions");
        }

        TakesBytes = input.ElementDataType == TensorElementType.UInt8;
        _channelsFirst = sizes[1] == Channels || (sizes[3] != Channels && !TakesBytes);
        var (channels, height, width) = _channelsFirst ? (sizes[1], sizes[2], sizes[3]) : (sizes[3], sizes[1], sizes[2]);
        if ((channels > 0 && channels != Channels) || (height > 0 && width > 0 && height != width))
        {
            throw Unfit($"its input '{InputName}' is ({string.Join(", ", sizes)}), expected square images of three channels");
        }

        _batch = Math.Max(sizes[0], 0);
        Side = Math.Max(0, Math.Max(height, width));
        if (Side > LargestSide || (long)Math.Max(1, _batch) * Side * Side > MostPixels || _batch > LargestBatch)
        {
            throw Unfit(
                $"its input '{InputName}' is ({string.Join(", ", sizes)}): "
                + $"images of at most {LargestSide} pixels, and at most {LargestBatch} of them and {MostPixels} pixels at once "
                + "are possible");
        }

        Output = ChooseOutput(output);
    }

    /// <summary>Name of its input.</summary>
    public string InputName { get; }

    /// <summary>Dimension of its input that holds the colour channels.</summary>
    public int ChannelAxis => _channelsFirst ? 1 : 3;

    /// <summary>Whether it takes values from 0 to 255 as bytes, and so normalises by itself.</summary>
    public bool TakesBytes { get; }

    /// <summary>Side of its images in pixels; 0 where it takes any.</summary>
    public int Side { get; }

    /// <summary>The output that is the feature.</summary>
    public string Output { get; }

    /// <summary>The notes the graph carries about itself, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata
    {
        get
        {
            using var call = _gate.Enter();
            return _session.ModelMetadata.CustomMetadataMap;
        }
    }

    /// <summary>Opens a graph.</summary>
    /// <param name="path">The file, weights inside.</param>
    /// <param name="output">The output wanted; null takes the first float one of two dimensions, else the first float one.</param>
    /// <param name="threads">Threads; 0 is ONNX Runtime's choice.</param>
    /// <exception cref="AutodidactException">It is no such graph; kind Data.</exception>
    public static FeatureGraph Open(string path, string? output, int threads)
    {
        try
        {
            RegularFile.Require(path, LargestFile);
            var session = OnnxSession.Open(path, new ModelOptions { Threads = threads });
            try
            {
                return new FeatureGraph(path, session, output);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be read ({OneLine.From(e.Message)}): check the path and its permissions", e);
        }
        catch (OnnxRuntimeException e)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{path}: not a graph that ONNX Runtime reads ({OneLine.From(e.Message)}): "
                + "give one with its weights inside (external data are not read), of operators ONNX Runtime has",
                e);
        }
    }

    /// <summary>Length of the feature, from a trial.</summary>
    /// <param name="side">Side of the images in pixels.</param>
    /// <exception cref="AutodidactException">The graph does not take such images, or gives no feature; kind Data.</exception>
    public int Probe(int side)
    {
        var gray = new float[2 * side * side * Channels];
        gray.AsSpan().Fill(TakesBytes ? 128 : 0.1f);
        return Run(gray, 2, side).Length / 2;
    }

    /// <summary>Features of a batch.</summary>
    /// <param name="images">count x side x side x 3 values, as the graph wants them normalised; 0 to 255 where it takes bytes.</param>
    /// <param name="count">Number of images.</param>
    /// <param name="side">Side of the images in pixels.</param>
    /// <returns>count x d values, row by row.</returns>
    /// <exception cref="AutodidactException">The graph does not take such images, or gives no finite feature; kind Data.</exception>
    public float[] Run(ReadOnlySpan<float> images, int count, int side)
    {
        var perImage = side * side * Channels;
        var step = _batch > 0 ? _batch : count;
        float[]? features = null;
        for (var first = 0; first < count; first += step)
        {
            var real = Math.Min(step, count - first);
            var part = RunOnce(images.Slice(first * perImage, real * perImage), step, side);
            var length = part.Length / step;
            features ??= new float[count * length];
            part.AsSpan(0, real * length).CopyTo(features.AsSpan(first * length));
        }

        return features!;
    }

    /// <summary>Frees the graph, after the calls that are running in it have ended.</summary>
    public void Dispose()
    {
        if (_gate.Close())
        {
            _session.Dispose();
        }
    }

    private static int Product(ReadOnlySpan<long> sizes)
    {
        var product = 1L;
        foreach (var size in sizes)
        {
            product = checked(product * size);
        }

        return checked((int)product);
    }

    private static void Transpose(ReadOnlySpan<float> nhwc, Span<float> nchw, int positions)
    {
        for (var image = 0; image < nhwc.Length; image += positions * Channels)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                var plane = nchw.Slice(image + (channel * positions), positions);
                for (var p = 0; p < positions; p++)
                {
                    plane[p] = nhwc[image + (p * Channels) + channel];
                }
            }
        }
    }

    /// <summary>A batch of exactly the graph's size: missing images are zeros.</summary>
    private float[] RunOnce(ReadOnlySpan<float> images, int batch, int side)
    {
        using var call = _gate.Enter();
        using var input = Input(images, batch, side);
        try
        {
            using var run = new RunOptions();
            using var outputs = _session.Run(run, [InputName], [input], [Output]);
            return Pooled(outputs[0], batch);
        }
        catch (OnnxRuntimeException e)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{_path}: the graph cannot be run on {side} x {side} images ({OneLine.From(e.Message)}): "
                + "choose their side with pretrain.encoder_size, or another file",
                e);
        }
    }

    private OrtValue Input(ReadOnlySpan<float> images, int batch, int side)
    {
        var values = new float[batch * side * side * Channels];
        if (_channelsFirst)
        {
            Transpose(images, values, side * side);
        }
        else
        {
            images.CopyTo(values);
        }

        long[] shape = _channelsFirst ? [batch, Channels, side, side] : [batch, side, side, Channels];
        return TakesBytes
            ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, v => (byte)Math.Clamp(MathF.Round(v), 0, 255)), shape)
            : OrtValue.CreateTensorValueFromMemory(values, shape);
    }

    private float[] Pooled(OrtValue output, int batch)
    {
        var type = output.GetTensorTypeAndShape();
        var shape = type.Shape;
        var isFeature = shape.Length is >= 2 and <= Rank && shape[0] == batch && shape.All(size => size >= 1);
        if (type.ElementDataType != TensorElementType.Float || !isFeature)
        {
            throw Unfit(
                $"its output '{Output}' is {type.ElementDataType} ({string.Join(", ", shape)}) for {Plural.Of(batch, "image")}, "
                + "expected float (batch, d), (batch, tokens, d) or a map");
        }

        var values = output.GetTensorDataAsSpan<float>();
        var mapFirst = shape.Length == Rank && _channelsFirst;
        var length = (int)(mapFirst ? shape[1] : shape[^1]);
        var positions = Product(shape.AsSpan(1)) / length;
        var pooled = new float[batch * length];
        for (var image = 0; image < batch; image++)
        {
            for (var p = 0; p < positions; p++)
            {
                for (var i = 0; i < length; i++)
                {
                    var at = mapFirst ? (i * positions) + p : (p * length) + i;
                    pooled[(image * length) + i] += values[(image * positions * length) + at];
                }
            }
        }

        for (var i = 0; i < pooled.Length; i++)
        {
            pooled[i] /= positions;
            if (!float.IsFinite(pooled[i]))
            {
                throw Unfit(
                    $"its output '{Output}' is not finite ({pooled[i]}); "
                    + "does it want other values than pretrain.encoder_normalization gives it?");
            }
        }

        return pooled;
    }

    private string ChooseOutput(string? asked)
    {
        var floats = _session.OutputMetadata.Where(o => o.Value.IsTensor && o.Value.ElementDataType == TensorElementType.Float).ToArray();
        if (asked is not null)
        {
            return floats.Any(o => o.Key == asked)
                ? asked
                : throw Unfit($"it has no output '{asked}' of floats (it has {string.Join(", ", _session.OutputNames)})");
        }

        // Dictionaries keep no order; the graph's own does.
        var names = _session.OutputNames.Where(name => floats.Any(o => o.Key == name)).ToArray();
        return names.FirstOrDefault(name => _session.OutputMetadata[name].Dimensions.Length == 2)
            ?? names.FirstOrDefault()
            ?? throw Unfit("it has no output of floats");
    }

    private AutodidactException Unfit(string what) =>
        new(FailureKind.Data, $"{_path}: {what}: choose another file, or another output with pretrain.encoder_output");
}
