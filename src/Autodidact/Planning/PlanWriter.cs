using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Planning;

/// <summary>Computes a plan from measurements.</summary>
/// <param name="options">The run's options.</param>
/// <param name="question">The places to plan for.</param>
/// <param name="measured">The measurements.</param>
internal sealed class PlanWriter(RunOptions options, PlanQuestion question, PlanMeasurements measured)
{
    /// <summary>Cores beside a GPU that make its views and pack images; what machines with GPUs usually have.</summary>
    private const int CoresPerGpu = 8;

    private const double Float = sizeof(float);

    private readonly RunShape _shape = measured.Shape;

    /// <summary>The plan.</summary>
    public RunPlan Write()
    {
        var here = Machines(1);
        var elsewhere = new List<PlannedPlace>();
        if (question.Gpu is { } gpu)
        {
            for (var count = 1; count < question.Ranks; count *= 2) elsewhere.Add(Gpus(gpu, count));
            elsewhere.Add(Gpus(gpu, Math.Max(1, question.Ranks)));
        }
        else if (MachinesOf(question.Ranks) is > 1 and var machines)
        {
            for (var count = 2; count < machines; count *= 2) elsewhere.Add(Machines(count));
            elsewhere.Add(Machines(machines));
        }

        return new RunPlan(Images(), Run(), here, elsewhere, [.. Notes()]);
    }

    private int MachinesOf(int ranks) => (ranks + measured.Cores - 1) / measured.Cores;

    private PlannedPlace Machines(int count)
    {
        var cores = Plural.Of(measured.Cores, "core");
        return Place(
            count == 1 ? $"this machine, {cores}" : $"{count} machines like this one, {count * measured.Cores} cores",
            count,
            question.Network,
            new Speed(1, measured.Cores));
    }

    private PlannedPlace Gpus(PublishedGpu gpu, int count)
    {
        var place = Place(
            Plural.Of(count, $"{gpu.Name} GPU"), count, gpu.Link, new Speed(gpu.ImagesPerSecond / measured.ReferenceRate, CoresPerGpu));
        return place with { Published = $"{gpu.Name}: {gpu.ImagesPerSecond:0} images/s of a ResNet-50 at 224 px, {gpu.Source}" };
    }

    private PlannedPlace Place(string name, int count, NetworkSpeed network, Speed speed)
    {
        var (pretrain, distill) = Steps();
        var packers = speed.Factor > 1 ? speed.Cores * count : speed.Cores;
        var stages = new List<PlannedStage>
        {
            // Each machine packs the images for itself; GPUs are those of one machine.
            new(Stage.Prepare, measured.PackedImages * measured.SecondsPerImage * measured.Cores / packers)
            {
                DiskBytes = measured.PackedImages * (3.0 * _shape.PackedSide * _shape.PackedSide),
            },
        };
        var alone = 0.0;
        if (measured.Pretrain is { } encoder)
        {
            stages.Add(Training(Stage.Pretrain, encoder, pretrain, count, network, speed));
            alone += Training(Stage.Pretrain, encoder, pretrain, 1, network, speed).Seconds;
        }

        // k-means, k-NN and probes stay on the processors.
        var processors = (double)speed.Cores * count / measured.Cores;
        var clustering = StageWork.Clustering(_shape, options.Cluster, measured.Rates);
        var features = (double)_shape.TargetImages * _shape.EncoderFeature * Float;
        stages.Add(new(Stage.Cluster, Seconds(clustering))
        {
            MemoryBytes = Base + features + ((double)_shape.Clusters * _shape.EncoderFeature * Float),
            DiskBytes = features,
        });
        stages.Add(Training(Stage.Distill, measured.Distill, distill, count, network, speed));
        alone += Training(Stage.Distill, measured.Distill, distill, 1, network, speed).Seconds;
        stages.Add(new(Stage.Evaluate, Seconds(StageWork.Measuring(_shape, measured.Rates)))
        {
            MemoryBytes = Base + MeasuringBytes(),
            DiskBytes = (double)_shape.EvaluationImages * (_shape.Exits + 1) * sizeof(int),
        });
        var together = stages.Where(stage => stage.Steps is not null).Sum(stage => stage.Seconds);
        return new PlannedPlace(name, stages) { Efficiency = count == 1 ? null : alone / (count * together) };

        double Seconds(StageWork work) => (work.Forward / (speed.Factor * count)) + (work.Products / processors) + work.Alone;
    }

    private PlannedStage Training(Stage stage, TrainingProbe probe, long steps, int count, NetworkSpeed network, Speed speed)
    {
        var (images, size) = stage == Stage.Pretrain
            ? (_shape.PretrainImages, options.Pretrain.BatchSize)
            : (_shape.DistillImages, options.Distill.BatchSize);
        double batch = Math.Min(size, images);

        // A training that is not divided is no faster on more machines.
        var machines = probe.Calls.Count == 0 ? 1 : (int)Math.Min(count, batch);
        var model = new RankModel(probe.Line, probe.Cost.Spread, batch, probe.Calls, probe.CountedImages);
        var step = model.Seconds(machines, network, speed.Factor);
        if (speed.Factor > 1) step = Math.Max(step, probe.ViewSeconds * batch / machines / speed.Cores);

        return new PlannedStage(stage, (steps * (step + Between(probe, size, images))) + (probe.SetUpSeconds * Growth(images)))
        {
            Steps = steps,
            SecondsPerStep = step,
            MemoryBytes = speed.Factor > 1 ? null : probe.Memory.At(batch / machines),
            DiskBytes = 2.0 * probe.Cost.Epoch.CheckpointBytes,
            TrafficBytes = steps * model.Sent(machines),
        };
    }

    /// <summary>The steps that this machine would take: those of a budget depend on its speed.</summary>
    private (long Pretrain, long Distill) Steps()
    {
        var budget = new StepBudget(options, _shape.PretrainImages, _shape.DistillImages, new Dictionary<string, long>());
        if (budget.NeedsTime)
        {
            if (measured.Pretrain is { } encoder)
                budget.Pretrain.Cost = CostHere(encoder, options.Pretrain.BatchSize, _shape.PretrainImages);
            budget.Distill.Cost = CostHere(measured.Distill, options.Distill.BatchSize, _shape.DistillImages);
            budget.Divide(
                (measured.PackedImages * measured.SecondsPerImage) + measured.Distill.SetUpSeconds,
                StageWork.Clustering(_shape, options.Cluster, measured.Rates).Total + StageWork.Measuring(_shape, measured.Rates).Total);
        }

        return (measured.Pretrain is null ? 0 : budget.Pretrain.Steps, budget.Distill.Steps);
    }

    private StepCost CostHere(TrainingProbe probe, int size, int images) =>
        new(probe.Line.At(Math.Min(size, images)), Between(probe, size, images));

    /// <summary>
    /// A step's share of what happens between steps. The start of an epoch grows with the images; the other things do not.
    /// </summary>
    private double Between(TrainingProbe probe, int size, int images)
    {
        var epoch = probe.Cost.Epoch with { Start = probe.Cost.Epoch.Start * Growth(images) };
        return epoch.PerStep(Trainer.StepsPerEpoch(images, size), TrainerOptions.UsualObserveEverySteps);
    }

    private double Growth(int images) => Math.Max(1, (double)images / Math.Max(1, measured.Sampled));

    /// <summary>Memory of the process before it holds features: that of the smallest step.</summary>
    private double Base => measured.Distill.Memory.Fixed;

    /// <summary>The largest features that are there at once, and the copy that a probe makes of them.</summary>
    private double MeasuringBytes()
    {
        double images = _shape.TargetImages + _shape.EvaluationImages;
        if (_shape.Classes == 0) images = _shape.EvaluationImages + _shape.HeldOutImages;
        var raw = _shape.Classes == 0 ? 0 : 2.0 * Math.Min(images, Stages.MeasureBaselines.RawImages) * _shape.RawPixels;
        var exits = images * _shape.Exits * (_shape.StudentFeature + _shape.Clusters);
        var ensemble = (_shape.Classes == 0 ? 1.0 : 2.0) * images * _shape.Exits * _shape.StudentFeature;
        return Float * Math.Max(raw, exits + ensemble);
    }

    private string Images() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_shape.TargetImages:N0} images to train, {_shape.EvaluationImages:N0} to evaluate, packed at {_shape.PackedSide} px; "
        + $"{measured.Sampled:N0} of them were packed to measure with");

    private string Run()
    {
        var pretrain = options.Pretrain;
        var encoder = pretrain.Trains
            ? $"{pretrain.Method} of {pretrain.Arch}, batch {pretrain.BatchSize}"
            : $"the encoder {pretrain.Encoder ?? pretrain.Method}";
        return $"{encoder}; {options.Distill.Method}, batch {options.Distill.BatchSize}; {_shape.Clusters} clusters";
    }

    private IEnumerable<string> Notes()
    {
        if (options.Pretrain is { Trains: true, Epochs: 0 } || options.Distill.Epochs == 0)
            yield return "A budget decides the steps: elsewhere the same steps are planned, a faster place would take more of them.";
        if (measured.Pretrain is { Calls.Count: 0 }) yield return $"{options.Pretrain.Method} is trained by one rank, wherever it is.";
        if (measured.Distill.Calls.Count == 0) yield return $"{options.Distill.Method} is trained by one rank, wherever it is.";
        if (question.Gpu is not null)
        {
            yield return "Figures of GPUs are published ones of a ResNet-50 at 224 px, scaled by this machine's own time for it: "
                + "small images and small networks leave a GPU half idle, and no GPU has run this program yet.";
        }

        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (Machines(1).Stages.MaxBy(stage => stage.MemoryBytes ?? 0) is { MemoryBytes: { } most } largest && most > memory)
        {
            const double Gigabyte = 1L << 30;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{largest.Stage.Key()} would take {most / Gigabyte:0.0} GB of memory, and this machine has {memory / Gigabyte:0.0} GB.");
        }
    }

    /// <param name="Factor">How many times as fast as this machine a place computes networks.</param>
    /// <param name="Cores">Its cores.</param>
    private readonly record struct Speed(double Factor, int Cores);
}
