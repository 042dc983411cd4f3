using System.Numerics.Tensors;
using System.Security.Cryptography;
using Autodidact.Files;
using Autodidact.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Autodidact.Inference;

/// <summary>The form a graph must have, so that a graph of another model in its place is noticed before it answers.</summary>
/// <param name="Input">Its one input.</param>
/// <param name="InputValue">Type and shape of it; null where only the graph itself says it.</param>
/// <param name="Outputs">Outputs it must have.</param>
/// <param name="Sha256">Digest of its file; null where the manifest is of a time that wrote none.</param>
internal sealed record GraphUse(string Input, GraphValue? InputValue, IReadOnlyDictionary<string, GraphValue?> Outputs, string? Sha256);

/// <summary>
/// One graph in ONNX Runtime, loaded when it is first run: a process that asks for one exit should not wait for the others. The file is
/// checked before the runtime is given it; see <see cref="GraphCheck"/>. Thread-safe.
/// </summary>
internal sealed class GraphSession : IDisposable
{
    /// <summary>The graphs of ResNet-101 with all its exits are a quarter of it.</summary>
    private const long LargestFile = 1 << 30;

    /// <summary>
    /// Numbers in use at once in one run: 4 GB of floats, ResNet-101 takes a seventh for 64 images of 224 x 224. The runtime's kernels
    /// count in 32 bits here and there: a value of more numbers than that ends the process.
    /// </summary>
    private const long MostValues = 1L << 30;

    private readonly Lazy<(InferenceSession Session, GraphSummary Graph)> _opened;

    /// <summary>Names a graph; nothing is read yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="use">The form it must have; null takes any graph of one input.</param>
    public GraphSession(string path, ModelOptions options, GraphUse? use = null)
    {
        Path = path;
        _opened = new Lazy<(InferenceSession, GraphSummary)>(() => Open(path, options, use));
    }

    public string Path { get; }

    /// <summary>Outputs of the graph, in its order.</summary>
    public IReadOnlyList<string> Outputs => _opened.Value.Session.OutputNames;

    /// <summary>Most images at once that the memory allowed is enough for; a graph is refused that it is not enough for with one.</summary>
    /// <exception cref="AutodidactException">The graph is missing, or not what it should be; kind Data.</exception>
    public int MostRows => (int)Math.Min(MostOf(_opened.Value.Graph), int.MaxValue);

    /// <summary>Reads the graph if that has not been done: before room is made for what its manifest says it gives.</summary>
    /// <exception cref="AutodidactException">It is missing, or not what it should be; kind Data.</exception>
    public void Open() => _ = _opened.Value;

    /// <summary>Runs the graph on its one input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <returns>The outputs, in that order; disposed by the caller.</returns>
    /// <exception cref="AutodidactException">The graph does not fit; kind Data.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(OrtValue input, IReadOnlyCollection<string> outputs)
    {
        var (session, graph) = _opened.Value;
        var rows = input.GetTensorTypeAndShape().Shape is [var first, ..] ? first : 1;
        var most = MostOf(graph);
        if (rows > most)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{Path}: {Plural.Of(rows, "image")} at once take more memory than is allowed: "
                + $"choose batches of at most {most} ({nameof(ModelOptions)}.{nameof(ModelOptions.BatchSize)})");
        }

        try
        {
            using var run = new RunOptions();
            return session.Run(run, session.InputNames, [input], outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{Path}: the graph cannot be run ({OneLine.From(e.Message)}): export the model again", e);
        }
    }

    /// <summary>An output as finite floats of the shape its manifest tells of.</summary>
    /// <param name="output">One of the outputs of <see cref="Run"/>.</param>
    /// <param name="rows">Number of images.</param>
    /// <param name="columns">Numbers an image.</param>
    /// <exception cref="AutodidactException">It is none such; kind Data.</exception>
    public ReadOnlySpan<float> Floats(OrtValue output, int rows, int columns)
    {
        var shape = output.GetTensorTypeAndShape();
        if (shape.ElementDataType != TensorElementType.Float || !shape.Shape.AsSpan().SequenceEqual([rows, columns]))
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{Path}: it gives {shape.ElementDataType} ({string.Join(", ", shape.Shape)}), "
                + $"and {ModelManifest.FileName} says float ({rows}, {columns}): export the model again");
        }

        // The largest of numbers that are none would be some cluster too.
        var values = output.GetTensorDataAsSpan<float>();
        return TensorPrimitives.IsFiniteAll(values)
            ? values
            : throw new AutodidactException(
                FailureKind.Data, $"{Path}: it gives values that are not finite, so its weights are broken: export the model again");
    }

    public void Dispose()
    {
        if (_opened.IsValueCreated)
        {
            _opened.Value.Session.Dispose();
        }
    }

    private static (InferenceSession Session, GraphSummary Graph) Open(string path, ModelOptions options, GraphUse? use)
    {
        var bytes = Read(path);
        if (use?.Sha256 is { } digest && digest != Convert.ToHexStringLower(SHA256.HashData(bytes)))
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{path}: not the file {ModelManifest.FileName} was written with: copy the model's folder again, or export it again");
        }

        try
        {
            var graph = GraphCheck.Check(bytes);
            if (Problem(graph, use) is { } problem)
            {
                throw new AutodidactException(FailureKind.Data, $"{path}: {problem}: export the model again");
            }

            // The bytes that were checked, not the file, which could be another by now.
            return (OnnxSession.Open(bytes, options), graph);
        }
        catch (InvalidDataException e)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: not a graph that is read here: {OneLine.From(e.Message)}: export the model again", e);
        }
        catch (OnnxRuntimeException e)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: not a graph that ONNX Runtime reads ({OneLine.From(e.Message)}): export the model again", e);
        }
    }

    private static long MostOf(GraphSummary graph) => MostValues / Math.Max(1, graph.LivePerImage);

    private static byte[] Read(string path)
    {
        try
        {
            return RegularFile.ReadAll(path, LargestFile);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: no such file: export the model again", e);
        }
        catch (UnreadableFileException e)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: {e.Message}, and no graph that export writes: export it again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be read ({OneLine.From(e.Message)}): check its permissions", e);
        }
    }

    private static string? Problem(GraphSummary graph, GraphUse? use)
    {
        if (graph.Inputs.Count != 1)
        {
            return $"it takes {Plural.Of(graph.Inputs.Count, "input")}, expected one";
        }

        if (use is null)
        {
            return null;
        }

        var (name, value) = graph.Inputs.First();
        if (name != use.Input || (use.InputValue is { } input && !Same(input, value)))
        {
            return $"it takes '{OneLine.From(name)}', {value}, and {ModelManifest.FileName} says '{use.Input}', {use.InputValue}";
        }

        foreach (var (output, wanted) in use.Outputs)
        {
            var given = graph.Outputs.GetValueOrDefault(output);
            if (given is null || (wanted is not null && !Same(given, wanted)))
            {
                var expected = wanted?.ToString() ?? "it has one";
                return $"its output '{output}' is {given?.ToString() ?? "missing"}, and {ModelManifest.FileName} says {expected}";
            }
        }

        return null;
    }

    private static bool Same(GraphValue left, GraphValue right) =>
        left.Type == right.Type && left.Shape.AsSpan().SequenceEqual(right.Shape);
}
