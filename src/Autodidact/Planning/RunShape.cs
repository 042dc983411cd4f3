using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Stages;

namespace Autodidact.Planning;

/// <summary>The numbers of a run that its stages' costs depend on.</summary>
internal sealed record RunShape
{
    /// <summary>Images that the encoder learns from.</summary>
    public required int PretrainImages { get; init; }

    /// <summary>Target images that the student learns from.</summary>
    public required int DistillImages { get; init; }

    /// <summary>Target images that are clustered, and that probes are fitted on: those held out are among them.</summary>
    public required int TargetImages { get; init; }

    /// <summary>Images that scores are measured on.</summary>
    public required int EvaluationImages { get; init; }

    /// <summary>Target images held out.</summary>
    public required int HeldOutImages { get; init; }

    /// <summary>Classes of the labels; 0 where nothing is scored.</summary>
    public required int Classes { get; init; }

    /// <summary>Clusters.</summary>
    public required int Clusters { get; init; }

    /// <summary>Length of the encoder's feature.</summary>
    public required int EncoderFeature { get; init; }

    /// <summary>Length of the feature of each exit.</summary>
    public required int StudentFeature { get; init; }

    /// <summary>Exits of the student.</summary>
    public required int Exits { get; init; }

    /// <summary>Numbers of an image whose raw pixels are compared.</summary>
    public required int RawPixels { get; init; }

    /// <summary>Side of the packed images.</summary>
    public required int PackedSide { get; init; }

    /// <summary>The shape of a run over packed images.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The run's encoder to be.</param>
    public static RunShape Of(RunOptions options, PackedData data, EncoderArtefact encoder)
    {
        var target = data.Target;
        var input = StudentInput.Of(options, data, encoder.Expected);
        using var untrained = Architecture.Parse(encoder.Expected.Architecture).Create(seed: 0);
        using var student = Architecture.Parse(input.Architecture).Create(seed: 0);
        var side = Math.Min(MeasureBaselines.RawSide, Math.Min(target.Train.Height, target.Train.Width));
        return new RunShape
        {
            PretrainImages = data.PretrainPositions.Length,
            DistillImages = data.TrainPositions.Length,
            TargetImages = target.Train.Count,
            EvaluationImages = target.Evaluation?.Count ?? 0,
            HeldOutImages = data.HeldOutPositions.Length,
            Classes = MeasureBaselines.Classes(target),
            Clusters = ClusterFeatures.ClusterCount(options.Cluster, target.Train.Count),
            EncoderFeature = untrained.FeatureSize,
            StudentFeature = student.FeatureSize,
            Exits = student.StageChannels.Count,
            RawPixels = side * side * 3,
            PackedSide = target.Train.Height,
        };
    }
}
