using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>Sets up the training of a student, for the stage itself and for the timing of its steps.</summary>
internal static class StudentSetup
{
    /// <summary>A fresh student.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <param name="clusters">Clusters, or classes, that it answers with.</param>
    public static MultiExitNetwork Create(RunOptions options, string architecture, int clusters)
    {
        var student = new MultiExitNetwork(
            Architecture.Parse(architecture),
            new MultiExitOptions { Outputs = clusters, Branch = options.Distill.Branch, Attention = options.Distill.Attention },
            new Seeds(options.Seed).Of(SeedStream.Student));
        student.Backbone.Precision = Precisions.Of(options.Precision);
        return student.On(TorchDevices.Of(options.Device));
    }

    /// <summary>A training of a student.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="student">The student; the training takes it over.</param>
    /// <param name="input">What it sees.</param>
    /// <param name="targets">Target of each target image, in pack order.</param>
    /// <param name="teachers">What may teach it.</param>
    /// <param name="steps">Steps in all.</param>
    public static TrainingSetup Train(
        RunOptions options, PackedData data, MultiExitNetwork student, ModelInput input, int[] targets, DistillTeachers teachers,
        long steps)
    {
        var (distill, seeds, images) = (options.Distill, new Seeds(options.Seed), data.Target.Train);
        StepMemory.Student(options, data, input);
        var objective = DistillMethods.Get(distill.Method).Create(new DistillSetup(
            student,
            [.. data.TrainPositions.Select(p => targets[p])],
            distill,
            views => ViewRecipes.Schedule(distill.Views, images, input.ViewSize, input.Normalization, views),
            seeds.Of(SeedStream.Head),
            teachers)
        {
            Threads = options.Threads,
            Spherical = options.Cluster.Spherical,
        });
        var trainer = new TrainerOptions
        {
            BatchSize = distill.BatchSize,
            Steps = steps,
            Optimizer = distill.Optimizer,
            Seed = seeds.Of(SeedStream.Distill),
            CheckpointEvery = options.CheckpointEvery,
        };
        return new TrainingSetup(
            objective, images, data.TrainPositions, input, trainer, Observers.ForStudent(options, data, student, input, targets));
    }

    /// <summary>A training of the stage's cost, before there are an encoder and pseudo-labels.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder to be.</param>
    /// <param name="steps">Steps in all.</param>
    public static TrainingSetup StandIn(RunOptions options, PackedData data, EncoderArtefact encoder, long steps)
    {
        var input = StudentInput.Of(options, data, encoder.Expected);
        var images = data.Target.Train.Count;
        var clusters = ClusterFeatures.ClusterCount(options.Cluster, images);
        int[] targets = [.. Enumerable.Range(0, images).Select(p => p % clusters)];
        var student = Create(options, input.Architecture, clusters);
        return Train(options, data, student, input, targets, Teachers.StandIns(options, data, encoder, clusters), steps);
    }
}
