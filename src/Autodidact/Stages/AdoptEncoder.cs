using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Files;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Pretraining;
using Autodidact.Runs;
using Autodidact.Serialization;
using Autodidact.Training;
using Autodidact.Views;
using Google.Protobuf;

namespace Autodidact.Stages;

/// <summary>Stage one in place of training: copies an encoder, or ready features, of other makers into the run.</summary>
internal static class AdoptEncoder
{
    /// <summary>Copies the files that the options name.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">Where the copies go.</param>
    public static StageOutcome Run(StageRun run, PackedData data, EncoderArtefact encoder)
    {
        var options = run.Options.Pretrain;
        var file = options.Features ?? options.Encoder!;
        run.Begin($"taking {(options.Features is null ? "the encoder" : "the features")} {file}");
        AdoptedFiles.Require(options);
        foreach (var (_, named) in options.AdoptedFiles) RunVerification.Require(named);
        var digest = AdoptedFiles.Digest(options, recorded: null);
        var adopted = encoder.Kind switch
        {
            EncoderKind.Graph => Graph(run, file, encoder),
            EncoderKind.Features => Features(options, data, file, encoder),
            EncoderKind.Network => Network(options, file, encoder),
            _ => throw new InvalidOperationException($"no encoder is of the kind {encoder.Kind}"),
        };
        var noted = new PretrainSummary
        {
            Method = adopted.Method,
            Arch = adopted.Arch,
            Parameters = adopted.Cost?.Parameters,
            Macs = adopted.Cost?.Macs,
            UsesLabels = options.AllowLabels ? true : null,
        };
        return new StageOutcome(adopted.Outputs, adopted.Text)
        {
            Note = summary => summary.Noting(noted),
            EncoderDigest = digest,
        };
    }

    /// <summary>
    /// Refuses an encoder that learned from labels unless the run allows it. Ready features cannot say where they are from.
    /// </summary>
    private static void CheckLabels(PretrainOptions options, string file, bool labels)
    {
        if (labels == options.AllowLabels) return;
        throw new AutodidactException(
            FailureKind.Usage,
            labels
                ? $"--encoder {file}: it was trained on labels, so nothing that follows is a result without labels: "
                    + "set pretrain.allow_labels=true if that is meant"
                : $"pretrain.allow_labels: {file} was not trained on labels as far as it says: leave the option out");
    }

    private static Adopted Network(PretrainOptions options, string file, EncoderArtefact into)
    {
        using var encoder = NetworkEncoder.Open(file, into.Foreign);
        if (CheckpointStore.IsCheckpoint(EncoderFile.Describe(file).Metadata))
        {
            throw new AutodidactException(
                FailureKind.Data, $"{file}: a checkpoint of a training under way: finish that run, and name its encoder.safetensors");
        }

        var labels = NetworkEncoder.UsesLabels(file);
        CheckLabels(options, file, labels);
        var (network, input) = encoder.Trained!.Value;
        var asked = EncoderNormalization.Parse(options.EncoderNormalization, options.EncoderChannels);
        input = input with { Normalization = asked ?? input.Normalization };

        // The run's copy takes red first, so that nobody who reads it has to know.
        if (options.EncoderChannels == EncoderChannels.Bgr) InputChannels.Reverse(network);
        NetworkEncoder.Save(into.NetworkFile, network, input, labels);
        return new Adopted("file", input.Architecture, [into.NetworkFile], input.Architecture)
        {
            Cost = ModelCost.Of(network, input.ViewSize),
        };
    }

    private static Adopted Graph(StageRun run, string file, EncoderArtefact into)
    {
        // It is tried where it will lie: weights in files beside the original would be missing there.
        AtomicFile.Write(into.GraphFile, stream =>
        {
            using var source = RegularFile.Open(file);
            source.CopyTo(stream);
        });
        var options = run.Options.Pretrain;
        try
        {
            if (options.EncoderChannels == EncoderChannels.Bgr) TakeRedFirst(into.GraphFile, options.EncoderOutput, run.Options.Threads);
            using var graph = GraphEncoder.Open(into.GraphFile, options, into.Own, run.Options.Threads);
            CheckLabels(options, file, graph.UsesLabels);
            var name = Path.GetFileName(file);
            return new Adopted("onnx", name, [into.GraphFile], $"{name}: {graph.Probe(options.EncoderNormalization)}");
        }
        catch (AutodidactException e)
        {
            File.Delete(into.GraphFile);
            throw new AutodidactException(e.Kind, e.Message.Replace(into.GraphFile, file, StringComparison.Ordinal), e);
        }
    }

    /// <summary>Makes the run's copy of a graph that wants blue first take red first, so that nobody who reads it has to know.</summary>
    private static void TakeRedFirst(string file, string? output, int threads)
    {
        string input;
        int axis;
        using (var graph = FeatureGraph.Open(file, output, threads)) (input, axis) = (graph.InputName, graph.ChannelAxis);
        var changed = ReversedChannels.Before(ModelProto.Parser.ParseFrom(RegularFile.ReadAll(file, int.MaxValue)), input, axis);
        AtomicFile.Write(file, stream => changed.WriteTo(stream));
    }

    private static Adopted Features(PretrainOptions options, PackedData data, string file, EncoderArtefact into)
    {
        List<string> outputs = [into.FeaturesFile];
        using var features = FeatureRows.Read(file, data.Target.Train);
        NpyFile.Write(into.FeaturesFile, features);
        if (options.EvaluationFeatures is { } evaluationFile)
        {
            if (data.Target.Evaluation is not { } evaluation)
            {
                throw new AutodidactException(
                    FailureKind.Usage,
                    "pretrain.evaluation_features: the data have no evaluation images: name some with --eval, or leave the option out");
            }

            using var queries = FeatureRows.Read(evaluationFile, evaluation);
            if (queries.Columns != features.Columns)
            {
                throw new AutodidactException(
                    FailureKind.Data,
                    $"{evaluationFile}: features of {queries.Columns} values, those of the training images have {features.Columns}: "
                    + "take both from one encoder");
            }

            NpyFile.Write(into.EvaluationFeaturesFile, queries);
            outputs.Add(into.EvaluationFeaturesFile);
        }

        return new Adopted("features", Path.GetFileName(file), outputs, $"{features.Rows} features of {features.Columns} values");
    }

    private sealed record Adopted(string Method, string Arch, IReadOnlyList<string> Outputs, string Text)
    {
        public ModelCost? Cost { get; init; }
    }
}
