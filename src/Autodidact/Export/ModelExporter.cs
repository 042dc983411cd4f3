using Autodidact.Evaluation;
using Autodidact.Export.Onnx;
using Autodidact.Files;
using Autodidact.Inference;
using Autodidact.Models;
using Google.Protobuf;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Export;

/// <summary>
/// Writes a model's graphs and manifest, checks every graph against the network in ONNX Runtime, and only then puts the folder in the place
/// of an earlier export.
/// </summary>
internal static class ModelExporter
{
    public const string FullFile = "full.onnx";
    public const string EncoderFile = "encoder.onnx";
    public const string PreprocessingFile = "preprocessing.onnx";
    public const string EncoderPreprocessingFile = "encoder-preprocessing.onnx";

    /// <summary>Name of an exit's stage alone; exits count from 0 here and from 1 in names.</summary>
    public static string StageFile(int exit) => FormattableString.Invariant($"stage{exit + 1}.onnx");

    /// <summary>Name of the compact model that ends at an exit.</summary>
    public static string ModelFile(int exit) => FormattableString.Invariant($"exit-{exit + 1}.onnx");

    /// <summary>Exports.</summary>
    /// <param name="source">What.</param>
    /// <param name="folder">Where; an earlier export there is replaced once everything has been checked.</param>
    /// <param name="complete">
    /// Completes the draft of the folder, whose graphs are checked and whose manifest is written, before it replaces an earlier export.
    /// </param>
    /// <param name="cancellationToken">Stops between graphs; an earlier export stays.</param>
    /// <returns>Largest difference from the network in any graph.</returns>
    /// <exception cref="AutodidactException">A check failed, or the disk refuses; an earlier export stays.</exception>
    public static double Export(
        ExportSource source, string folder, Action<string>? complete = null, CancellationToken cancellationToken = default)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var draft = TemporaryFile.NameFor(target);
        try
        {
            FolderSwap.Repair(target);
            Directory.CreateDirectory(draft);
            var worst = WriteAndCheck(source, draft, cancellationToken);
            source.Manifest.Save(draft);
            complete?.Invoke(draft);
            FolderSwap.Replace(draft, target);
            return worst;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(folder, e);
        }
        finally
        {
            TemporaryFile.DeleteFolder(draft);
        }
    }

    private static double WriteAndCheck(ExportSource source, string folder, CancellationToken cancellationToken)
    {
        using var studentMode = new EvaluationMode(source.Student);
        using var encoderMode = source.Encoder is { } kept ? new EvaluationMode(kept.Network) : null;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var graphs = new ModelGraphs(source.Manifest.Provenance);
        var student = source.StudentInput;
        var pixels = SampleImages.PixelTensor(source.Images, source.Samples);
        var images = SampleImages.Views(source.Images, source.Samples, student);
        var worst = 0.0;

        if (!student.Inside)
        {
            Write(PreprocessingFile, graphs.Preprocessing(student), pixels, new() { [PreprocessingEmitter.Images] = images });
        }

        var input = student.Inside ? pixels : images;
        var maps = source.Student.Backbone.ForwardStages(images);
        var outputs = source.Student.forward(images);
        var all = new Dictionary<string, Tensor>();
        for (var exit = 0; exit < source.Student.ExitCount; exit++)
        {
            var own = new Dictionary<string, Tensor>
            {
                [ModelGraphs.Feature] = outputs.Features[exit],
                [ModelGraphs.Logits] = outputs.Logits[exit],
            };
            Write(ModelFile(exit), graphs.ToExit(source.Student, exit, student), input, own);
            if (exit < source.Student.ExitCount - 1)
            {
                own.Add(ModelGraphs.Map, maps[exit]);
            }

            Write(StageFile(exit), graphs.Stage(source.Student, exit, student), exit == 0 ? input : maps[exit - 1], own);
            var number = FormattableString.Invariant($"_{exit + 1}");
            all.Add(ModelGraphs.Feature + number, outputs.Features[exit]);
            all.Add(ModelGraphs.Logits + number, outputs.Logits[exit]);
        }

        Write(FullFile, graphs.Full(source.Student, student), input, all);
        if (source.Encoder is var (encoder, taken))
        {
            var encoded = SampleImages.Views(source.Images, source.Samples, taken);
            if (!taken.Inside)
            {
                Write(EncoderPreprocessingFile, graphs.Preprocessing(taken), pixels, new() { [PreprocessingEmitter.Images] = encoded });
            }

            Write(
                EncoderFile,
                graphs.Encoder(encoder, taken),
                taken.Inside ? pixels : encoded,
                new() { [ModelGraphs.Feature] = encoder.forward(encoded) });
        }

        return worst;

        void Write(string name, ModelProto graph, Tensor given, Dictionary<string, Tensor> expected)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, name);
            using (var stream = File.Create(path))
            {
                graph.WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }

            worst = Math.Max(worst, ExportVerifier.Check(path, given, expected));
        }
    }
}
