namespace Autodidact.Tests.Images;

/// <summary>Real data sets that lie beside the repository, where they are there at all.</summary>
internal static class SharedData
{
    public const string Variable = "AUTODIDACT_TEST_DATA";

    /// <summary>The path of a data set, or the end of the test as skipped, saying why.</summary>
    public static string Require(string name)
    {
        var directory = Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(Repository.Root, "..", "shared", "data");
        var path = Path.GetFullPath(Path.Combine(directory, name));
        Assert.SkipUnless(File.Exists(path), $"{name} is not there: put it into ../shared/data or name its folder in {Variable}");
        return path;
    }
}
