using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Autodidact.Inference;

namespace Autodidact.Tests.Inference;

/// <summary>
/// ONNX Runtime never starts with its telemetry on. Tests of the whole command show that it then writes and asks nothing.
/// </summary>
public partial class RuntimeTelemetryTests
{
    private static readonly string[] Makers = ["src/Autodidact.Inference/OnnxSession.cs", "src/Autodidact.Inference/RuntimeTelemetry.cs"];

    [Fact]
    public void Should_Show_The_Variable_To_Native_Code_And_To_Child_Processes()
    {
        RuntimeTelemetry.TurnOff();
        Assert.Equal("1", Environment.GetEnvironmentVariable(RuntimeTelemetry.Variable));
        if (!OperatingSystem.IsWindows()) Assert.Equal("1", Marshal.PtrToStringUTF8(Variable(RuntimeTelemetry.Variable)));
    }

    // A session made elsewhere could start ONNX Runtime before its telemetry is turned off.
    [Fact]
    public void Should_Make_Every_Session_In_One_Place()
    {
        var starts = Repository.SourceFiles("src", "tests", "benchmarks", "samples")
            .Where(path => Start().IsMatch(File.ReadAllText(Path.Combine(Repository.Root, path))));
        Assert.Equal(Makers, starts.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"new (InferenceSession|SessionOptions)\b|\bOrtEnv\.|SessionOptions\.Make")]
    private static partial Regex Start();

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Variable(string name);
}
