using System.Collections;

namespace Autodidact.IntegrationTests;

/// <summary>
/// The command writes where its user asked it to and nowhere else, and asks no network. ONNX Runtime's telemetry would do both; it keeps
/// quiet where it sees the variables of a build server, so the command starts here without them.
/// </summary>
public sealed class PrivacyTests(ExportedModel model) : IClassFixture<ExportedModel>, IDisposable
{
    // ONNX Runtime's telemetry looks up the name of its server after nine seconds.
    private const int LongLife = 13;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Leave_Nothing_In_The_Home_Folder_Or_Beside_What_Was_Asked_For()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no env to start a program in a fresh environment");
        var index = _folder["index.npy"];
        string[][] commands =
        [
            ["run", model.Pictures, "--out", _folder["run"], .. ExportedModel.Settings.SelectMany(s => new[] { "--set", s })],
            ["export", _folder["run"], "--int8"],
            ["predict", _folder["run"], model.Pictures],
            ["embed", _folder["run"], model.Pictures, "--out", index, "--index", "always"],
            ["search", _folder["run"], index, model.Picture],
            ["report", _folder["run"]],
        ];
        foreach (var command in commands)
        {
            using var done = ChildProcess.Expect(0, "env", Made("work"), [.. Fresh(), "dotnet", Cli.Program, .. command]);
        }

        Assert.All(["home", "cache", "tmp", "work"], name => Assert.Empty(Directory.EnumerateFileSystemEntries(_folder[name])));
        Assert.Equal(
            ["cache", "home", "index.index.json", "index.ivf", "index.keys.csv", "index.npy", "packs", "run", "tmp", "work"],
            Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Should_Ask_No_Network_In_A_Long_Life()
    {
        Assert.SkipUnless(CanTrace(), "needs strace, and the right to trace");

        // The names fill several batches, so that the model answers at once; then it waits for more names.
        var names = _folder["names.txt"];
        File.WriteAllLines(names, Enumerable.Repeat(model.Picture, 1000));
        var calls = _folder["calls.txt"];
        var traced = $"env {string.Join(' ', Fresh())} strace -f -o {calls} -e trace=socket,connect,openat dotnet {Cli.Program}";
        using var done = ChildProcess.Expect(
            0, "sh", _folder.Path, "-c", $"(cat {names}; sleep {LongLife}) | {traced} predict {model.Model} -");
        var lines = File.ReadAllLines(calls);
        Assert.Contains(lines, line => line.Contains("libonnxruntime.so", StringComparison.Ordinal));
        Assert.DoesNotContain(
            lines, line => new[] { "AF_INET", "resolv.conf" }.Any(sign => line.Contains(sign, StringComparison.Ordinal)));
    }

    private static bool CanTrace()
    {
        try
        {
            using var tried = ChildProcess.Run("strace", Path.GetTempPath(), "-o", "/dev/null", "true");
            return tried.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Arguments of <c>env</c>: an environment of an empty home and little else.</summary>
    private IEnumerable<string> Fresh()
    {
        var kept = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => variable.Key is string name && (name == "PATH" || name.StartsWith("DOTNET_", StringComparison.Ordinal)))
            .Select(variable => $"{variable.Key}={variable.Value}");
        return
        [
            "-i", .. kept, "OMP_NUM_THREADS=1", $"AUTODIDACT_CACHE={Made("packs")}",
            $"HOME={Made("home")}", $"XDG_CACHE_HOME={Made("cache")}", $"TMPDIR={Made("tmp")}",
        ];
    }

    private string Made(string name) => Directory.CreateDirectory(_folder[name]).FullName;
}
