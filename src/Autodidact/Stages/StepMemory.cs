using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>Refuses trainings whose steps cannot fit into this machine's memory.</summary>
internal static class StepMemory
{
    /// <summary>Refuses what can be told before the first stage: the student's turn may come days later.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">What an encoder sees that the run trains.</param>
    /// <param name="record">Says which stages are done.</param>
    /// <param name="only">The one stage to do; null is all.</param>
    /// <exception cref="AutodidactException">A step is too large; kind Environment.</exception>
    public static void Require(RunOptions options, PackedData data, ModelInput encoder, RunRecord record, Stage? only)
    {
        if (!options.Pretrain.Trains) return;
        if (IsAhead(Stage.Pretrain)) Encoder(options, data, encoder);
        if (IsAhead(Stage.Distill)) Student(options, data, StudentInput.Of(options, data, encoder));

        bool IsAhead(Stage stage) => (only ?? stage) == stage && !record.Stages.ContainsKey(stage.Key());
    }

    /// <summary>Refuses a pre-training.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="input">What the encoder sees.</param>
    public static void Encoder(RunOptions options, PackedData data, ModelInput input)
    {
        var pretrain = options.Pretrain;
        var views = ViewRecipes.Schedule(pretrain, data.Pretrain.Train, input.ViewSize, input.Normalization)(1).Views;

        // Some methods keep the maps of every other view only, and some cut their one view to pieces.
        var pixels = views.Sum(view => (long)view.Size * view.Size) / 2;
        var images = Here(Math.Min(pretrain.BatchSize, data.PretrainPositions.Length)) * pixels / ((long)input.ViewSize * input.ViewSize);
        MemoryCheck.Training(
            Architecture.Parse(input.Architecture).ResNet,
            input.Architecture,
            input.ViewSize,
            images,
            Precisions.Of(options.Precision),
            "choose a smaller pretrain.batch_size or pretrain.views.size, or more machines");
    }

    /// <summary>Refuses a training of a student.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="input">What the student sees.</param>
    public static void Student(RunOptions options, PackedData data, ModelInput input) => MemoryCheck.Training(
        Architecture.Parse(input.Architecture).ResNet,
        input.Architecture,
        input.ViewSize,
        Here(Math.Min(options.Distill.BatchSize, data.TrainPositions.Length)),
        Precisions.Of(options.Precision),
        "choose a smaller distill.batch_size or distill.views.size, or more machines");

    /// <summary>Images of a batch that this machine's ranks have.</summary>
    private static long Here(int batch)
    {
        if (MpiWorld.Link is not { } link) return batch;
        var here = link.Hosts.Count(host => host == link.Hosts[link.Rank]);
        return (long)batch * here / link.Size;
    }
}
