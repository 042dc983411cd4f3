using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Plugins;
using Autodidact.Pretraining;
using Autodidact.Runs;
using Autodidact.Stages;
using Autodidact.Training;

namespace Autodidact.Planning;

/// <summary>
/// Predicts time, memory, disk and traffic of the stages of a run that is not started: packs some of the images, times a few steps of each
/// training at two sizes of the batch, and the pieces that clustering and measuring are made of.
/// </summary>
internal static class RunPlanner
{
    /// <summary>Seconds of packing, and most images that are packed.</summary>
    private const double PackSeconds = 15;

    private const int MostImages = 8192;

    /// <summary>Makes a plan.</summary>
    /// <param name="request">The run, as 'run' would be asked for it.</param>
    /// <param name="question">The places to plan for.</param>
    /// <param name="tell">Told what is measured.</param>
    /// <param name="cancellationToken">Stops between measurements.</param>
    /// <exception cref="AutodidactException">Anything a user can act on.</exception>
    public static RunPlan Make(RunRequest request, PlanQuestion question, Action<string> tell, CancellationToken cancellationToken)
    {
        CurrentDirectory.Require();
        var options = RunOptions.Resolve(request.WithFullPaths());
        options = options with { Device = TorchDevices.Cpu, Precision = Precisions.Settle(options.Precision) };
        if (options.Plugin is { } plugin) tell(MethodPlugin.Load(plugin).Notice);
        AdoptedFiles.Digest(options.Pretrain, recorded: null);
        TorchRuntime.Initialize();
        TorchThreads.Set(options.Threads > 0 ? options.Threads : null);
        var folder = Directory.CreateTempSubdirectory("autodidact-plan-").FullName;
        try
        {
            tell("packing some of the images");
            var (data, target, pretrain) = PackImages.Sample(options, folder, PackSeconds, MostImages, cancellationToken);
            using (data)
            {
                var measured = new PlanMeasurements(
                    options, question, data, target, pretrain, new RunPaths(folder), tell, cancellationToken);
                return new PlanWriter(options, question, measured).Write();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>Everything that a plan is computed from.</summary>
internal sealed class PlanMeasurements
{
    private const string Reference = PresetNames.ImageNetResNet50;

    /// <summary>Measures.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="question">Whether a GPU is compared, and how many images are planned for.</param>
    /// <param name="data">The packed images.</param>
    /// <param name="target">The sample that they come from.</param>
    /// <param name="pretrain">The sample of the images to pre-train on; null where they are the same.</param>
    /// <param name="paths">A folder for a checkpoint.</param>
    /// <param name="tell">Told what is measured.</param>
    /// <param name="cancellationToken">Stops between measurements.</param>
    public PlanMeasurements(
        RunOptions options,
        PlanQuestion question,
        PackedData data,
        Images.DataSample target,
        Images.DataSample? pretrain,
        RunPaths paths,
        Action<string> tell,
        CancellationToken cancellationToken)
    {
        var (train, evaluation) = (
            question.TrainImages > 0 ? question.TrainImages : target.TrainImages,
            question.EvaluationImages > 0 ? question.EvaluationImages : target.EvaluationImages);
        var clusters = ClusterFeatures.ClusterCount(options.Cluster, train);
        Sampled = data.Target.Train.Count;
        SecondsPerImage = target.SecondsPerImage;
        Cores = TorchThreads.Cores;

        // The student has as many outputs as the whole set has clusters, as far as the sample allows.
        var sized = options with { Cluster = options.Cluster with { K = Math.Min(clusters, Sampled) } };
        var encoder = new EncoderArtefact(paths, options.Pretrain, EncoderSetup.Input(options, data), Cores);
        double Share(double part, double whole, double of) => whole > 0 ? of * part / whole : 0;
        Shape = RunShape.Of(sized, data, encoder) with
        {
            TargetImages = train,
            EvaluationImages = evaluation,
            HeldOutImages = (int)Share(data.HeldOutPositions.Length, Sampled, train),
            DistillImages = (int)Share(data.TrainPositions.Length, Sampled, train),
            PretrainImages = pretrain is null
                ? (int)Share(data.PretrainPositions.Length, Sampled, train)
                : (int)Share(data.PretrainPositions.Length, data.Pretrain.Train.Count, pretrain.TrainImages),
            Clusters = clusters,
        };
        PackedImages = train + evaluation + (pretrain?.TrainImages ?? 0);
        if (options.Pretrain.Trains)
            Pretrain = TrainingProbe.Measure(sized, data, paths, Stage.Pretrain, tell, cancellationToken);
        Distill = TrainingProbe.Measure(sized, data, paths, Stage.Distill, tell, cancellationToken);
        tell("timing forward passes, k-NN, probes and k-means");
        Rates = WorkRates.Measure(sized, data, encoder, Shape, cancellationToken);
        if (question.Gpu is null) return;
        tell("timing a ResNet-50 at 224 px, which the published figures are of");
        ReferenceRate = ReferenceImagesPerSecond(options, data, paths, cancellationToken);
    }

    /// <summary>The run.</summary>
    public RunShape Shape { get; }

    /// <summary>Pre-training; null where nothing is trained.</summary>
    public TrainingProbe? Pretrain { get; }

    /// <summary>Distillation.</summary>
    public TrainingProbe Distill { get; }

    /// <summary>Pieces of clustering and measuring.</summary>
    public WorkRates Rates { get; }

    /// <summary>Seconds of packing an image.</summary>
    public double SecondsPerImage { get; }

    /// <summary>Images of all packs.</summary>
    public int PackedImages { get; }

    /// <summary>Images that were packed to measure with.</summary>
    public int Sampled { get; }

    /// <summary>Cores of this machine that are used.</summary>
    public int Cores { get; }

    /// <summary>Images a second that this machine trains a ResNet-50 at 224 px at; 0 where it was not asked.</summary>
    public double ReferenceRate { get; }

    private double ReferenceImagesPerSecond(RunOptions options, PackedData data, RunPaths paths, CancellationToken cancellationToken)
    {
        const int ImagesPerCore = 8;
        const int ViewsOfSimClr = 2;
        const int Side = 224;
        var preset = Presets.Get(Reference).With("simclr");
        var batch = Math.Min(ImagesPerCore * Cores, data.PretrainPositions.Length);
        var reference = options with
        {
            Pretrain = preset.Pretrain with
            {
                BatchSize = batch,
                Views = preset.Pretrain.Views with { Size = Side },
            },
        };
        var encoder = new EncoderArtefact(paths, reference.Pretrain, EncoderSetup.Input(reference, data), Cores);
        var cost = new StepTimer(reference, data, encoder, Cores, paths).Pretrain(steps: 1, cancellationToken);
        return batch * ViewsOfSimClr / cost.Training;
    }
}
