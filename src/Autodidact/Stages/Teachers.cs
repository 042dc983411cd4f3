using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>Opens what may teach a student: the encoder and its clusters, or the student of another run.</summary>
internal static class Teachers
{
    /// <summary>The teachers of a run whose encoder and clusters are there.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The run's encoder.</param>
    /// <param name="model">The same, open.</param>
    /// <param name="clustering">The run's clusters.</param>
    public static DistillTeachers Of(
        RunOptions options, PackedData data, EncoderArtefact encoder, EncoderModel model, ClusteringArtefact clustering)
    {
        var teacher = TeachingRun.Of(options, data);
        return new DistillTeachers(
            () => teacher is null ? encoder.ReadFeatures(data.TrainPositions) : teacher.Features(model.Input),
            clustering.ReadCentroids,
            () => Network(options, model).Frozen(),
            () =>
            {
                var run = teacher ?? throw NoStudent();
                run.CheckClusters(clustering);
                return run.Student(model.Input).Frozen();
            });
    }

    /// <summary>Teachers of the right cost, before there are an encoder and clusters.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The run's encoder to be.</param>
    /// <param name="clusters">Number of clusters.</param>
    public static DistillTeachers StandIns(RunOptions options, PackedData data, EncoderArtefact encoder, int clusters)
    {
        var teacher = TeachingRun.Of(options, data);
        return new DistillTeachers(
            () => Unlike(data.TrainPositions.Length, teacher?.Width(encoder.Expected) ?? Width(options)),
            () => Unlike(clusters, Width(options)),
            () => EncoderSetup.Create(options).Frozen(),
            () => (teacher ?? throw NoStudent()).Student(encoder.Expected).Frozen());
    }

    private static InvalidOperationException NoStudent() => new("no student teaches");

    private static Backbone Network(RunOptions options, EncoderModel encoder)
    {
        var trained = encoder.Trained
            ?? throw new InvalidOperationException($"{options.Distill.Method} runs an encoder that is no network of ours");

        // The run's own network is disposed with it; the teacher is the objective's.
        var copy = Architecture.Parse(trained.Input.Architecture).Create(seed: 0);
        ModuleStore.Copy(trained.Network, copy);
        return copy;
    }

    private static int Width(RunOptions options)
    {
        using var encoder = EncoderSetup.Create(options);
        return encoder.FeatureSize;
    }

    private static FeatureMatrix Unlike(int rows, int columns)
    {
        var features = new FeatureMatrix(rows, columns);
        for (var row = 0; row < rows; row++) features[row][row % columns] = 1;
        return features;
    }
}
