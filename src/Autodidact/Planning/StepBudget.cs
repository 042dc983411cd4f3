using Autodidact.Configuration;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Planning;

/// <summary>The steps of both trainings of a run: frozen earlier, fixed by epochs, or to be bought by the time of a budget.</summary>
internal sealed class StepBudget
{
    /// <summary>Most of a budget kept back for measurement.</summary>
    private const double LargestReserve = 0.4;

    private const long FewestSteps = 10;

    private readonly RunOptions _options;

    /// <summary>Takes the steps that are known without timing.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="pretrainImages">Images that the encoder learns from.</param>
    /// <param name="distillImages">Images that the student learns from.</param>
    /// <param name="frozen">Steps that were fixed earlier, by the name of the stage.</param>
    public StepBudget(RunOptions options, int pretrainImages, int distillImages, IReadOnlyDictionary<string, long> frozen)
    {
        _options = options;
        Pretrain = new Portion(
            Frozen(Stage.Pretrain),
            options.Pretrain.Trains ? options.Pretrain.Epochs : double.NaN,
            Trainer.StepsPerEpoch(pretrainImages, options.Pretrain.BatchSize));
        Distill = new Portion(
            Frozen(Stage.Distill), options.Distill.Epochs, Trainer.StepsPerEpoch(distillImages, options.Distill.BatchSize));

        long? Frozen(Stage stage) => frozen.TryGetValue(stage.Key(), out var steps) ? steps : null;
    }

    /// <summary>The steps of pre-training.</summary>
    public Portion Pretrain { get; }

    /// <summary>The steps of distillation.</summary>
    public Portion Distill { get; }

    /// <summary>Whether a training's steps depend on the time of a step.</summary>
    public bool NeedsTime => Pretrain.NeedsBudget || Distill.NeedsBudget;

    /// <summary>Divides the time of the budget among the trainings that are not fixed.</summary>
    /// <param name="spent">Seconds that are gone, or will be beside the steps.</param>
    /// <param name="measuring">Seconds that clustering and measuring will take.</param>
    public void Divide(double spent, double measuring)
    {
        var total = _options.Budget.TotalSeconds;
        var training = total - spent - Math.Min(measuring, LargestReserve * total) - Pretrain.FixedSeconds - Distill.FixedSeconds;
        var share = !Pretrain.NeedsBudget ? 0 : Distill.NeedsBudget ? _options.Pretrain.BudgetShare : 1;
        Pretrain.Take(share * training);
        Distill.Take((1 - share) * training);
    }

    /// <summary>The steps of one training; NaN epochs need none.</summary>
    internal sealed class Portion(long? frozen, double epochs, int stepsPerEpoch)
    {
        private StagePlan? _plan;

        public long Steps { get; private set; } = frozen ?? (epochs > 0 ? Math.Max(1, (long)Math.Round(epochs * stepsPerEpoch)) : 0);

        public bool NeedsBudget { get; } = frozen is null && epochs == 0;

        /// <summary>The steps, unless they depend on time.</summary>
        public long? Known => NeedsBudget ? null : Steps;

        public StepCost Cost { get; set; }

        public double FixedSeconds => NeedsBudget ? 0 : Steps * Cost.Total;

        public void Take(double seconds)
        {
            if (NeedsBudget)
            {
                Steps = Math.Max(FewestSteps, (long)(seconds / Cost.Total));
                _plan = new StagePlan(Math.Max(0, seconds), Cost.Training);
            }
        }

        public RunRecord Freeze(RunRecord record, Stage stage)
        {
            var key = stage.Key();
            return _plan is null ? record.WithSteps(key, Steps) : record.WithPlan(key, Steps, _plan);
        }
    }
}
