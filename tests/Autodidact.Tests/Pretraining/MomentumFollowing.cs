using Autodidact.Models;
using Autodidact.Tests.Distillation;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>Watches a momentum copy while its objective trains.</summary>
internal static class MomentumFollowing
{
    /// <summary>
    /// After every step each parameter of the copy is momentum x what it was + (1 - momentum) x the trained one as it is, to the last bit.
    /// </summary>
    /// <param name="objective">The objective, fresh.</param>
    /// <param name="source">Name of the trained module.</param>
    /// <param name="copy">Name of its copy.</param>
    /// <param name="momentum">Momentum as a function of the progress at the step.</param>
    public static void AssertFollows(IObjective objective, string source, string copy, Func<double, double> momentum)
    {
        const int steps = 4;
        using var scope = NewDisposeScope();
        var trained = Parameters(objective, source);
        var followers = Parameters(objective, copy);
        Assert.NotEmpty(followers);
        Assert.Equal(trained.Keys, followers.Keys);
        Assert.All(
            followers, f => Assert.True(f.Value.equal(trained[f.Key]).all().item<bool>(), $"{f.Key} does not begin as the trained one"));
        var before = followers.ToDictionary(f => f.Key, f => f.Value.clone());
        ObjectiveProbe.Train(objective, p =>
        {
            var m = momentum((p.Step - 1.0) / steps);
            foreach (var (name, follower) in followers)
            {
                var expected = before[name].mul(m).add(trained[name].detach(), alpha: 1 - m);
                Assert.True(follower.equal(expected).all().item<bool>(), $"{name} at step {p.Step}");
                before[name] = follower.clone();
            }
        }, steps: steps, token: TestContext.Current.CancellationToken);
        Assert.DoesNotContain(
            objective.ParameterGroups.SelectMany(g => g.Parameters), p => p.Name.StartsWith($"{copy}.", StringComparison.Ordinal));
    }

    /// <summary>Passes through the first norm of a network so far, as it counts them in training mode.</summary>
    public static long Passes(this IObjective objective, string network) =>
        objective.Network.NamedState()[$"{network}.bn1.num_batches_tracked"].item<long>();

    private static Dictionary<string, Tensor> Parameters(IObjective objective, string module) => objective.Network.named_parameters()
        .Where(p => p.name.StartsWith($"{module}.", StringComparison.Ordinal))
            .ToDictionary(p => p.name[(module.Length + 1)..], p => (Tensor)p.parameter);
}
