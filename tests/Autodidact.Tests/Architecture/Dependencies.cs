using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace Autodidact.Tests.Architecture;

/// <summary>Who uses whom, read from the compiled assemblies, method bodies included.</summary>
internal static class Dependencies
{
    public static readonly Assembly Core = typeof(AutodidactException).Assembly;

    public static readonly Assembly Library = typeof(Autodidact.Native.TorchRuntime).Assembly;

    public static readonly Assembly Inference = typeof(Autodidact.Inference.EarlyExitModel).Assembly;

    public static readonly Assembly Command = Assembly.Load("Autodidact.Cli");

    private static readonly Lazy<IReadOnlyList<(string From, string To, string Through)>> Edges = new(Load);

    /// <summary>
    /// Uses of a type whose full name matches <paramref name="to"/> by types that <paramref name="from"/> selects, as readable lines.
    /// </summary>
    public static IReadOnlyList<string> Between(Func<string, bool> from, Func<string, bool> to) =>
        [
            .. Edges.Value.Where(edge => from(edge.From) && to(edge.To))
                .Select(edge => $"{edge.From} -> {edge.To}").Distinct().Order(StringComparer.Ordinal),
        ];

    /// <summary>Calls of a method whose name begins so, as <c>caller -> method</c>.</summary>
    public static IReadOnlyList<string> Calls(Func<string, bool> from, Func<string, bool> method) =>
        [.. Edges.Value.Where(edge => from(edge.From) && edge.Through.Length > 0 && method(edge.To + "::" + edge.Through))
            .Select(edge => $"{edge.From} -> {edge.To}::{edge.Through}").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>
    /// Which outermost type of ours uses which other one. A nested type counts as its outermost one, and so does what the compiler makes
    /// for its lambdas, iterators and asynchronous methods.
    /// </summary>
    public static IReadOnlyList<(string From, string To)> BetweenOutermost()
    {
        var own = Edges.Value.Select(edge => Outermost(edge.From)).Where(In("Autodidact")).ToHashSet(StringComparer.Ordinal);
        return [.. Edges.Value.Select(edge => (From: Outermost(edge.From), To: Outermost(edge.To)))
            .Where(edge => edge.From != edge.To && own.Contains(edge.From) && own.Contains(edge.To)).Distinct()];
    }

    /// <summary>
    /// The front door counts as a namespace: it lies in the root, beside the errors that all use, and stands above everything.
    /// </summary>
    public const string FrontDoor = "Autodidact.TrainingRun";

    /// <summary>The namespace of an outermost type.</summary>
    public static string Namespace(string type) => type == FrontDoor ? type : type[..Math.Max(0, type.LastIndexOf('.'))];

    /// <summary>Whether a type lies in a namespace or below it.</summary>
    public static Func<string, bool> In(params string[] namespaces) =>
        name => namespaces.Any(space => name.StartsWith(space + ".", StringComparison.Ordinal));

    /// <summary>Whether a type is one of these or nested in one.</summary>
    public static Func<string, bool> Named(params string[] types) =>
        name => types.Any(type => name == type || name.StartsWith(type + "+", StringComparison.Ordinal) || name.StartsWith(
            type + "/", StringComparison.Ordinal));

    private static string Outermost(string type) => type.IndexOfAny(['+', '/', '<', '`']) is >= 0 and var end ? type[..end] : type;

    private static IReadOnlyList<(string, string, string)> Load()
    {
        var architecture = new ArchLoader().LoadAssemblies(Core, Library, Inference, Command).Build();
        return [.. architecture.Types.SelectMany(type => type.Dependencies.Select(dependency =>
            (
                type.FullName,
                dependency.Target.FullName,
                dependency is ArchUnitNET.Domain.Dependencies.MethodCallDependency call ? call.TargetMember.Name : "")))];
    }
}
