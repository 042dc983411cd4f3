using Autodidact.Pretraining;

namespace Autodidact.Configuration;

/// <summary>Kind of the encoder that stage one leaves.</summary>
internal enum EncoderKind
{
    /// <summary>A network of ours, trained here or read from a file.</summary>
    Network,

    /// <summary>An ONNX graph of any maker.</summary>
    Graph,

    /// <summary>Features without what made them.</summary>
    Features,
}

/// <summary>How stage one comes to its encoder, as its options and its method say.</summary>
internal static class EncoderOrigin
{
    extension(PretrainOptions options)
    {
        /// <summary>Kind of the encoder that stage one leaves.</summary>
        public EncoderKind EncoderKind =>
            options.Features is not null ? EncoderKind.Features
            : (options.Encoder is { } file && IsGraph(file)) || options.Fits ? EncoderKind.Graph
            : EncoderKind.Network;

        /// <summary>Whether stage one trains step by step, as all methods do that come from outside this project.</summary>
        public bool Trains => !options.Adopts && PretrainMethods.Find(options.Method) is not { Trains: false };

        /// <summary>Whether stage one fits a feature extractor without gradients.</summary>
        public bool Fits => !options.Adopts && PretrainMethods.Find(options.Method) is { Trains: false };

        /// <summary>The files that stage one takes in place of training, as the options name them.</summary>
        public IEnumerable<(string Option, string File)> AdoptedFiles => new[]
        {
            ("pretrain.encoder", options.Encoder),
            ("pretrain.features", options.Features),
            ("pretrain.evaluation_features", options.EvaluationFeatures),
        }.Where(f => f.Item2 is not null).Select(f => (f.Item1, f.Item2!));

        private bool Adopts => options.Encoder is not null || options.Features is not null;
    }

    private static bool IsGraph(string file) => Path.GetExtension(file).Equals(".onnx", StringComparison.OrdinalIgnoreCase);
}
