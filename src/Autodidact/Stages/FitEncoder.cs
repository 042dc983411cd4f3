using System.Diagnostics;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Files;
using Autodidact.Native;
using Autodidact.Pretraining;
using Autodidact.Runs;
using Autodidact.Views;

namespace Autodidact.Stages;

/// <summary>Stage one without gradients: fits a feature extractor, and writes it as an ONNX graph.</summary>
internal static class FitEncoder
{
    /// <summary>Fits the extractor.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">Where the graph goes.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    public static StageOutcome Run(StageRun run, PackedData data, EncoderArtefact encoder, CancellationToken cancellationToken)
    {
        var options = run.Options.Pretrain;
        run.Begin($"{options.Method} on {data.PretrainPositions.Length} images");
        if (options.Epochs > 0)
        {
            run.Notice(FormattableString.Invariant(
                $"pretrain.epochs={options.Epochs}: {options.Method} has no epochs, and takes the time it takes"));
        }

        var clock = Stopwatch.StartNew();
        var peak = PeakMemory.Restart();
        var images = data.Pretrain.Train;
        var pictures = new PlainPixels(images, ViewRecipes.FinalSize(options.Views, images), EncoderNormalization.Bytes);
        var fitted = PretrainMethods.Get(options.Method).Fit!(new EncoderFitting(
            pictures.Write,
            pictures.ViewSize,
            data.PretrainPositions,
            options,
            run.Seeds.Of(SeedStream.Pretrain),
            run.Options.Threads,
            run.Notice,
            cancellationToken));
        AtomicFile.Write(encoder.GraphFile, stream => stream.Write(fitted.Graph));
        var noted = new PretrainSummary
        {
            Method = options.Method,
            Arch = fitted.Name,
            Seconds = clock.Elapsed.TotalSeconds,
            Parameters = fitted.Parameters,
            Macs = fitted.Macs,
            PeakMemoryMb = peak ? PeakMemory.SinceRestart : null,
        };
        return new StageOutcome([encoder.GraphFile], $"{fitted.Name}, {fitted.Parameters} numbers")
        {
            Note = summary => summary.Noting(noted),
        };
    }
}
