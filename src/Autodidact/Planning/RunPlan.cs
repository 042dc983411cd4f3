using Autodidact.Runs;

namespace Autodidact.Planning;

/// <summary>A stage as it is predicted.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Seconds">Its time.</param>
internal sealed record PlannedStage(Stage Stage, double Seconds)
{
    /// <summary>Steps of a training; null for other stages.</summary>
    public long? Steps { get; init; }

    /// <summary>Seconds of a step; null for other stages.</summary>
    public double? SecondsPerStep { get; init; }

    /// <summary>Most memory of one machine; null where it is not known.</summary>
    public double? MemoryBytes { get; init; }

    /// <summary>Bytes that it leaves on the disk, or needs there.</summary>
    public double DiskBytes { get; init; }

    /// <summary>Bytes that one machine, or GPU, sends to others.</summary>
    public double TrafficBytes { get; init; }
}

/// <summary>A run as it is predicted for one place.</summary>
/// <param name="Place">The place in words.</param>
/// <param name="Stages">Its stages.</param>
internal sealed record PlannedPlace(string Place, IReadOnlyList<PlannedStage> Stages)
{
    /// <summary>Time of all stages.</summary>
    public double Seconds => Stages.Sum(stage => stage.Seconds);

    /// <summary>Time of the trainings on one machine over theirs here, as a share of the machines; null for one machine.</summary>
    public double? Efficiency { get; init; }

    /// <summary>Where a published figure that it rests on comes from; null where all was measured here.</summary>
    public string? Published { get; init; }
}

/// <summary>A run as it is predicted, on this machine and elsewhere.</summary>
/// <param name="Images">The images in words.</param>
/// <param name="Run">The run in words.</param>
/// <param name="Here">On this machine.</param>
/// <param name="Elsewhere">On several of it, or on GPUs.</param>
/// <param name="Notes">What a reader must know, a line each.</param>
internal sealed record RunPlan(
    string Images, string Run, PlannedPlace Here, IReadOnlyList<PlannedPlace> Elsewhere, IReadOnlyList<string> Notes);

/// <summary>The places and the images that a plan is asked for.</summary>
internal sealed record PlanQuestion
{
    /// <summary>Cores of machines like this one that train together, or GPUs; 0 for this machine alone.</summary>
    public int Ranks { get; init; }

    /// <summary>Speed of the network between the machines.</summary>
    public required NetworkSpeed Network { get; init; }

    /// <summary>The GPU; null for processors.</summary>
    public PublishedGpu? Gpu { get; init; }

    /// <summary>Training images to plan for, of the kind that DATA holds; 0 takes those that it holds.</summary>
    public int TrainImages { get; init; }

    /// <summary>Evaluation images to plan for; 0 takes those that DATA holds.</summary>
    public int EvaluationImages { get; init; }
}
