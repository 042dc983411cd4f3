using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Serialization;
using Autodidact.Views;

namespace Autodidact.Pipeline;

/// <summary>What stage one left, and what later stages ask of it: a network of ours, an ONNX graph of any maker, or ready features.</summary>
internal abstract class RunEncoder : IDisposable
{
    /// <summary>The network and what it sees; null where it is not ours, so that no student can start from it.</summary>
    public virtual (Backbone Network, ModelInput Input)? Trained => null;

    /// <summary>What a student and the untrained network see, where their own options leave it open.</summary>
    public abstract ModelInput Input { get; }

    /// <summary>Opens what the run's first stage left.</summary>
    public static RunEncoder Load(RunContext context) => context.Options.Pretrain.EncoderKind switch
    {
        EncoderKind.Graph => new OfGraph(context),
        EncoderKind.Features => new OfFeatures(context),
        _ => new OfNetwork(context),
    };

    /// <summary>Features of the target set's training images, in pack order; owned by the caller.</summary>
    public abstract FeatureMatrix TrainFeatures(CancellationToken cancellationToken);

    /// <summary>Features of the evaluation images; null where there are none to be had. Owned by the caller.</summary>
    public abstract FeatureMatrix? EvaluationFeatures(PackedImages evaluation, CancellationToken cancellationToken);

    public abstract void Dispose();

    private sealed class OfNetwork : RunEncoder
    {
        private readonly RunContext _context;
        private readonly (Backbone Network, ModelInput Input) _trained;

        public OfNetwork(RunContext context)
        {
            _context = context;
            _trained = PretrainStage.LoadEncoder(context.Paths.Encoder, PretrainStage.Input(context));
        }

        public override (Backbone Network, ModelInput Input)? Trained => _trained;

        public override ModelInput Input => _trained.Input;

        public override FeatureMatrix TrainFeatures(CancellationToken cancellationToken) => Features(_context.Target.Train, cancellationToken);

        public override FeatureMatrix? EvaluationFeatures(PackedImages evaluation, CancellationToken cancellationToken) => Features(evaluation, cancellationToken);

        public override void Dispose() => _trained.Network.Dispose();

        private FeatureMatrix Features(IImageSet images, CancellationToken cancellationToken) => FeatureExtractor.Extract(
            _trained.Network,
            new PlainPixels(images, Input.ViewSize, Input.Normalization),
            null,
            _context.Options.Evaluate.BatchSize,
            cancellationToken);
    }

    private sealed class OfGraph(RunContext context) : RunEncoder
    {
        private readonly FeatureGraph _graph = FeatureGraph.Open(context.Paths.EncoderGraph, context.Options.Pretrain.EncoderOutput, context.Options.Threads);

        public override ModelInput Input { get; } = PretrainStage.Input(context);

        public override FeatureMatrix TrainFeatures(CancellationToken cancellationToken) => Features(context.Target.Train, cancellationToken);

        public override FeatureMatrix? EvaluationFeatures(PackedImages evaluation, CancellationToken cancellationToken) => Features(evaluation, cancellationToken);

        public override void Dispose() => _graph.Dispose();

        private FeatureMatrix Features(IImageSet images, CancellationToken cancellationToken)
        {
            var (side, normalization) = GraphInput(context, _graph);
            return GraphFeatures.Extract(_graph, new PlainPixels(images, side, normalization), context.Options.Evaluate.BatchSize, cancellationToken);
        }
    }

    private sealed class OfFeatures(RunContext context) : RunEncoder
    {
        public override ModelInput Input { get; } = PretrainStage.Input(context);

        public override FeatureMatrix TrainFeatures(CancellationToken cancellationToken) => NpyFile.ReadMatrix(context.Paths.Features);

        public override FeatureMatrix? EvaluationFeatures(PackedImages evaluation, CancellationToken cancellationToken) =>
            File.Exists(context.Paths.EvaluationFeatures) ? NpyFile.ReadMatrix(context.Paths.EvaluationFeatures) : null;

        public override void Dispose()
        {
        }
    }

    /// <summary>What an ONNX encoder is shown: its own size or the one asked for, and values as its option says.</summary>
    public static (int Side, PixelNormalization Normalization) GraphInput(RunContext context, FeatureGraph graph)
    {
        var options = context.Options.Pretrain;
        if (graph.Side > 0 && options.EncoderSize > 0 && graph.Side != options.EncoderSize)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"pretrain.encoder_size={options.EncoderSize}: the graph takes images of {graph.Side} pixels only: leave the option out");
        }

        var side = graph.Side > 0 ? graph.Side : options.EncoderSize > 0 ? options.EncoderSize : PretrainStage.Input(context).ViewSize;
        return (side, graph.TakesBytes ? EncoderNormalization.Bytes : EncoderNormalization.Parse(options.EncoderNormalization) ?? PixelNormalization.ImageNet);
    }
}
