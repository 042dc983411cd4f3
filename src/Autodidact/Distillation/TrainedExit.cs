namespace Autodidact.Distillation;

/// <summary>
/// Which one exit is trained, where not all are: <c>distill.loss.only_exit</c> names any, <c>distill.every_exit=false</c> the deepest.
/// </summary>
internal static class TrainedExit
{
    /// <summary>Position of the one exit that is trained; null where all are.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="exits">Exits of the student.</param>
    /// <exception cref="AutodidactException">There is no such exit; kind Usage.</exception>
    public static int? OnlyExit(this DistillOptions options, int exits) => options.Methods.Get<SelfDistillationOptions>().OnlyExit switch
    {
        0 => options.EveryExit ? null : exits - 1,
        -1 => exits - 1,
        var exit when exit <= exits => exit - 1,
        var exit => throw new AutodidactException(
            FailureKind.Usage, $"distill.loss.only_exit={exit}: the student has {exits} exits: choose one of them"),
    };
}
