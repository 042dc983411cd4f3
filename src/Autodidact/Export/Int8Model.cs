using Autodidact.Export.Onnx;
using Autodidact.Files;
using Autodidact.Inference;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Export;

/// <summary>Makes a folder of 8-bit graphs from a folder of float ones: the same files, the same inputs and outputs.</summary>
internal static class Int8Model
{
    /// <summary>Name of the folder inside the float model's.</summary>
    public const string Folder = "int8";

    /// <summary>Images whose activations are held at once.</summary>
    private const int Batch = 16;

    /// <summary>Quantises every graph of a model.</summary>
    /// <param name="source">The exported networks.</param>
    /// <param name="floats">Folder of the float graphs.</param>
    /// <param name="folder">Folder to write to; made here.</param>
    /// <param name="calibration">Images the ranges are measured on.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static void Write(ExportSource source, string floats, string folder, int[] calibration, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var student = Inputs(source, source.StudentInput, calibration);
        string[] shared = [ModelExporter.PreprocessingFile, ModelExporter.EncoderPreprocessingFile];
        foreach (var preprocessing in shared.Where(f => File.Exists(Path.Combine(floats, f))))
        {
            File.Copy(Path.Combine(floats, preprocessing), Path.Combine(folder, preprocessing));
        }

        // Each stage gets the float output of the one before, so its ranges are those of the whole network.
        IEnumerable<OrtValue> maps = student;
        for (var exit = 0; exit < source.Student.ExitCount; exit++)
        {
            Quantize(ModelExporter.ModelFile(exit), student);
            maps = Quantize(ModelExporter.StageFile(exit), maps, exit < source.Student.ExitCount - 1 ? ModelGraphs.Map : null);
        }

        Quantize(ModelExporter.FullFile, student);
        if (source.Encoder is var (_, input))
        {
            Quantize(ModelExporter.EncoderFile, Inputs(source, input, calibration));
        }

        IEnumerable<OrtValue> Quantize(string name, IEnumerable<OrtValue> inputs, string? next = null)
        {
            var model = ModelProto.Parser.ParseFrom(RegularFile.ReadAll(Path.Combine(floats, name), int.MaxValue));
            var ranges = Ranges(model, inputs, next, out var outputs, cancellationToken);
            var graph = QdqQuantizer.Quantize(model, ranges);
            AtomicFile.Write(Path.Combine(folder, name), stream => graph.WriteTo(stream));
            return outputs;
        }
    }

    /// <summary>Range of every activation over the calibration images.</summary>
    private static Dictionary<string, ValueRange> Ranges(
        ModelProto model, IEnumerable<OrtValue> inputs, string? keep, out IEnumerable<OrtValue> kept, CancellationToken cancellationToken)
    {
        var activations = QdqQuantizer.Activations(model);
        var given = model.Graph.Input[0].Name;
        var observed = activations.Where(a => a != given).ToArray();
        var names = keep is null ? observed : [.. observed, keep];
        var ranges = activations.ToDictionary(
            a => a, _ => new ValueRange(float.PositiveInfinity, float.NegativeInfinity), StringComparer.Ordinal);
        var copies = new List<OrtValue>();
        using var session = OnnxSession.Open(QdqQuantizer.WithOutputs(model, observed).ToByteArray(), new ModelOptions());
        using var run = new RunOptions();
        foreach (var input in inputs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var outputs = session.Run(run, [given], [input], names);
            for (var i = 0; i < observed.Length; i++)
            {
                ranges[observed[i]] = ranges[observed[i]].With(outputs[i].GetTensorDataAsSpan<float>());
            }

            if (ranges.TryGetValue(given, out var range))
            {
                ranges[given] = range.With(input.GetTensorDataAsSpan<float>());
            }

            if (keep is not null)
            {
                copies.Add(OrtValue.CreateTensorValueFromMemory(
                    outputs[^1].GetTensorDataAsSpan<float>().ToArray(), outputs[^1].GetTensorTypeAndShape().Shape));
            }
        }

        kept = copies;
        return ranges;
    }

    private static OrtValue[] Inputs(ExportSource source, GraphInput input, int[] positions) =>
        [.. positions.Chunk(Batch).Select(batch => SampleImages.ToOrt(source.Images, batch, input))];
}
