using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>
/// Measures every exit of the student on images no choice was made on. Probes and cluster maps are fitted on training images and applied to
/// the evaluation images. Without evaluation images, the held-out ones still tell how far the exits agree.
/// </summary>
internal static class MeasureStudent
{
    /// <summary>Multiply-accumulates of a batch that speed is measured on: a tenth of a second or so.</summary>
    private const long MacsTimed = 5_000_000_000;

    /// <summary>Measures the exits. Processes do this together.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="student">The student.</param>
    /// <param name="labels">Labels to score with; null measures agreement and costs alone.</param>
    /// <param name="answered">Takes what the exits gave for the evaluation images.</param>
    /// <param name="notice">Shows a line to the user.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IReadOnlyList<ExitSummary> Run(
        RunOptions options,
        PackedData data,
        StudentModel student,
        LabelledSplits? labels,
        Action<ExitData> answered,
        Action<string> notice,
        CancellationToken cancellationToken)
    {
        var (train, evaluation, batchSize) = (data.Target.Train, data.Target.Evaluation, options.Evaluate.BatchSize);
        var probes = Probes.Of(options);
        var only = options.Distill.OnlyExit(student.Network.ExitCount);
        if (only is { } trained) notice($"only exit {trained + 1} was trained: nothing is measured of the others");
        var heldOut = data.HeldOutPositions;
        using var holdout = heldOut.Length == 0 ? null : student.Answers(train, heldOut, batchSize, cancellationToken);
        if (evaluation is null)
        {
            return holdout is null ? [] : ExitEvaluator.Measure(holdout, holdout, holdout, null, probes, only, cancellationToken);
        }

        using var queries = labels is null
            ? student.Answers(evaluation, null, batchSize, cancellationToken)
            : student.Outputs(evaluation, null, batchSize, cancellationToken);
        answered(queries);
        using var bank = labels is null ? null : student.Outputs(train, null, batchSize, cancellationToken);
        return ExitEvaluator.Measure(bank ?? queries, queries, holdout, labels, probes, only, cancellationToken);
    }

    /// <summary>Does a part of the work of the first process, and keeps nothing.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="student">The student.</param>
    /// <param name="encoder">Input of the encoder.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static void Follow(
        RunOptions options, PackedData data, StudentArtefact student, ModelInput encoder, CancellationToken cancellationToken)
    {
        var labels = data.Target.Evaluation is not null && LabelFiles.Splits(data.Target) is { CanScore: true } known ? known : null;
        using var model = student.Open(StudentInput.Of(options, data, encoder), TorchDevices.Of(options.Device));
        Run(options, data, model, labels, _ => { }, _ => { }, cancellationToken);
    }

    /// <summary>
    /// How speed is measured. One batch size for all rows, so that they compare; a full one would take a large network minutes a row.
    /// </summary>
    /// <param name="all">Cost of all exits together.</param>
    public static ThroughputOptions SpeedOf(ModelCost all)
    {
        var speed = new ThroughputOptions();
        return speed with { BatchSize = (int)Math.Clamp(MacsTimed / all.Macs, 1, speed.BatchSize) };
    }

    /// <summary>Adds what each exit costs, one row for each exit and one for all of them.</summary>
    /// <param name="student">The student.</param>
    /// <param name="rows">Scores of the exits; an exit that was not measured gets a row of costs alone.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static IReadOnlyList<ExitSummary> Costs(
        StudentModel student, IReadOnlyList<ExitSummary> rows, CancellationToken cancellationToken)
    {
        var (network, size) = (student.Network, student.Input.ViewSize);
        var costs = ModelCost.OfExits(network, size).Append(ModelCost.OfAll(network, size)).ToArray();

        var speed = SpeedOf(costs[^1]);
        var names = Enumerable.Range(1, network.ExitCount).Select(i => $"{i}").Append(ExitSummary.Ensemble).ToArray();
        return
        [
            .. names.Select((name, i) => (rows.FirstOrDefault(r => r.Exit == name) ?? new ExitSummary { Exit = name }) with
            {
                Parameters = costs[i].Parameters,
                Macs = costs[i].Macs,
                ImagesPerSecond = ThroughputMeter.ImagesPerSecond(
                    network,
                    images =>
                    {
                        if (i < network.ExitCount) network.ForwardTo(images, i);
                        else network.forward(images);
                    },
                    size,
                    speed,
                    cancellationToken),
            }),
        ];
    }
}
