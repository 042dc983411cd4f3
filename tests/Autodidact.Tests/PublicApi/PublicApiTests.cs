using System.Reflection;
using Autodidact.Native;

namespace Autodidact.Tests.PublicApi;

/// <summary>The public API is a promise, so a change of it must be seen in a review: as a change of a text file.</summary>
public class PublicApiTests
{
    private const string Variable = "UPDATE_PUBLIC_API";

    [Fact]
    public void Should_Offer_What_The_Snapshot_Of_Core_Says() => Compare(typeof(AutodidactException).Assembly);

    [Fact]
    public void Should_Offer_What_The_Snapshot_Of_The_Library_Says() => Compare(typeof(TorchRuntime).Assembly);

    [Fact]
    public void Should_Offer_What_The_Snapshot_Of_Inference_Says() => Compare(typeof(Autodidact.Inference.EarlyExitModel).Assembly);

    private static void Compare(Assembly assembly)
    {
        string path = Path.Combine(Repository.Root, "tests", "Autodidact.Tests", "PublicApi", assembly.GetName().Name + ".txt");
        string now = PublicApiText.Render(assembly);
        if (Environment.GetEnvironmentVariable(Variable) == "1") File.WriteAllText(path, now);
        string[] promised = File.ReadAllText(path).Split('\n');
        string[] offered = now.Split('\n');
        var differences =
            promised.Except(offered).Select(line => "- " + line).Concat(offered.Except(promised).Select(line => "+ " + line)).ToList();
        const int Shown = 40;
        if (differences.Count > Shown) differences = [.. differences.Take(Shown), $"(and {differences.Count - Shown} more lines)"];
        Assert.True(promised.SequenceEqual(offered),
            $"The public API of {assembly.GetName().Name} changed. " +
            $"If it is meant, run '{Variable}=1 dotnet test -c Release' and commit the file.\n" +
            string.Join('\n', differences.DefaultIfEmpty("(only the order or repeated lines)")));
    }
}
