using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Pretraining;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>Stage one, the usual way: trains an encoder step by step, without labels.</summary>
internal static class TrainEncoder
{
    /// <summary>Trains the encoder.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="encoder">Where the encoder goes.</param>
    /// <param name="cancellationToken">Stops after the running step; a checkpoint is written first.</param>
    public static StageOutcome Run(StageRun run, PackedData data, long steps, EncoderArtefact encoder, CancellationToken cancellationToken)
    {
        var options = run.Options.Pretrain;
        RefuseTooFewSteps(options, data, steps);
        run.Begin($"{options.Method} pre-training of {options.Arch} on {data.PretrainPositions.Length} images", steps);
        using var team = TrainingTeam.Create(run.Ranks, () => EncoderSetup.Train(run.Options, data, steps));
        var setup = team.First;
        var network = ((EncoderObjective)setup.Objective).Kept;
        var peak = PeakMemory.Restart();
        var result = run.Train(team, cancellationToken);
        NetworkEncoder.Save(encoder.NetworkFile, network, setup.Input, options.AllowLabels);
        var cost = ModelCost.Of(network, setup.Input.ViewSize);
        var noted = new PretrainSummary
        {
            Method = options.Method,
            Arch = options.Arch,
            Epochs = result.Epochs,
            Seconds = result.Seconds,
            ImagesPerSecond = result.ImagesPerSecond,
            Parameters = cost.Parameters,
            Macs = cost.Macs,
            PeakMemoryMb = peak ? PeakMemory.SinceRestart : null,
            Deviation = Observed("deviation"),
            EffectiveRank = Observed("effective_rank"),
            Uniformity = Observed("uniformity"),
            Alignment = Observed("alignment"),
            UsesLabels = options.AllowLabels ? true : null,
        };
        return StageOutcome.Of(result, encoder.NetworkFile) with { Note = summary => summary.Noting(noted) };

        double? Observed(string name) => result.Observed.TryGetValue(name, out var value) ? value : null;
    }

    private static void RefuseTooFewSteps(PretrainOptions options, PackedData data, long steps)
    {
        var fewest = PretrainMethods.Get(options.Method).FewestEpochs;
        var epoch = Trainer.StepsPerEpoch(data.PretrainPositions.Length, options.BatchSize);
        if (fewest * epoch > steps)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"pretrain.method={options.Method}: it learns nothing in its first epoch, "
                + $"and {steps} steps are too few for {fewest} epochs of {epoch}: raise --budget or pretrain.epochs");
        }
    }
}
