using static Autodidact.Tests.Architecture.Dependencies;

namespace Autodidact.Tests.Architecture;

/// <summary>
/// Code flows one way: no namespace, and no type of one namespace, uses another that uses it. A failure lists the uses of each cycle.
/// </summary>
public class CycleTests
{
    /// <summary>protoc writes these types, and each is known to the reflection that knows them all.</summary>
    private const string Generated = "Autodidact.Export.Onnx";

    [Fact]
    public void Namespaces_Should_Not_Use_Each_Other() =>
        Refuse(Cycles.Find(BetweenOutermost().Select(edge => (Namespace(edge.From), Namespace(edge.To)))));

    [Fact]
    public void Types_Of_One_Namespace_Should_Not_Use_Each_Other()
    {
        var edges = BetweenOutermost().Where(edge => Namespace(edge.From) == Namespace(edge.To) && Namespace(edge.From) != Generated);
        Refuse(Cycles.Find(edges));
    }

    [Fact]
    public void Should_Find_The_Nodes_That_Reach_Each_Other_And_No_Others()
    {
        var found = Cycles.Find(
            [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("f", "a"), ("g", "g"), ("h", "i"), ("i", "h")]);
        Assert.Equal(
            ["3 use each other:\na -> b\nb -> c\nc -> a", "2 use each other:\nh -> i\ni -> h"],
            found.Select(cycle => cycle.ToString()).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Count_Nested_And_Compiler_Made_Types_As_Their_Outermost_One()
    {
        var edges = BetweenOutermost();
        Assert.All(edges, edge => Assert.Equal(-1, edge.From.IndexOfAny(['+', '/', '<', '>'])));

        // The pass over a source's images is an iterator, which the compiler turns into a nested type.
        Assert.Contains(("Autodidact.Images.ListedSource", "Autodidact.Images.UnreadableImage"), edges);
    }

    private static void Refuse(IReadOnlyList<Cycles.Cycle> found) => Assert.True(found.Count == 0, string.Join("\n\n", found));
}
