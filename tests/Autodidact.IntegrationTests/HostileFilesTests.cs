using System.Diagnostics;
using Autodidact.Runs;

namespace Autodidact.IntegrationTests;

/// <summary>The command beside files that are none, folders that are closed, disks that cannot be written and narrow limits.</summary>
public sealed class HostileFilesTests : IClassFixture<ExportedModel>, IDisposable
{
    private const string Nobody = "65534";
    private readonly ExportedModel _model;
    private readonly TempFolder _folder = new();

    public HostileFilesTests(ExportedModel model)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes, devices and limits are those of Linux");
        _model = model;
    }

    public void Dispose()
    {
        // Folders that were closed are opened again, and names that .NET cannot spell go too.
        Shell($"chmod -R u+rwX '{_folder.Path}'; rm -rf '{_folder.Path}'/*").Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("embed")]
    public void Should_Answer_Beside_Pipes_Devices_And_Giant_Files(string command)
    {
        PictureFolder.Make(_folder["images"], images: 3, side: 20);
        using var made = Shell(
            "cd images && mkfifo pipe.png && ln -s /dev/zero zero.png && truncate -s 2G giant.jpg && ln -s loop.png loop.png "
            + "&& touch \"$(printf 'caf\\351.png')\"");
        Assert.Equal("", made.Error.Trim());
        var clock = Stopwatch.StartNew();
        string[] output = command == "embed" ? ["--out", _folder["all.npy"]] : [];
        using var cli = Cli.Expect(3, _folder.Path, [command, _model.Model, "images", .. output]);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Contains("images/pipe.png: it is a named pipe, not a file", cli.Error, StringComparison.Ordinal);
        Assert.Contains("images/zero.png: it is a device, not a file", cli.Error, StringComparison.Ordinal);
        Assert.Contains("images/giant.jpg: too large: 2147483648 bytes", cli.Error, StringComparison.Ordinal);
        Assert.Contains("images/loop.png: the link cannot be followed", cli.Error, StringComparison.Ordinal);
        Assert.Contains(".png: its name is not UTF-8", cli.Error, StringComparison.Ordinal);
        Assert.Contains("autodidact: 5 files could not be read", cli.Error, StringComparison.Ordinal);
        Assert.Contains(command == "embed" ? "all.npy: 3 images" : "images/002.bmp: ", cli.Out, StringComparison.Ordinal);
    }

    /// <summary>A disk's lost+found is such a folder; a cache that others filled and nobody else may write is common too.</summary>
    [Fact]
    public void Should_Train_Beside_A_Closed_Folder_And_From_A_Cache_That_Cannot_Be_Written()
    {
        PictureFolder.Make(_folder["images/all"], images: 60, side: 20);
        Directory.CreateDirectory(_folder["images/lost+found"]);
        Directory.CreateDirectory(_folder["out"]);
        Shell("chmod 755 . && chmod 0 images/lost+found && chmod 777 out").Dispose();
        using var first = Run("first");
        Assert.True(first.ExitCode == 0, first.Error);
        var skipped = File.ReadAllText(_folder["out/first/skipped.csv"]);
        Assert.Contains("lost+found,the folder cannot be read", skipped, StringComparison.Ordinal);

        // A run and an answer that need no more than the cache holds.
        Shell("chown -R 0:0 cache 2> /dev/null; chmod -R a-w,a+rX cache").Dispose();
        using var second = Run("second");
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Equal(
            File.ReadAllBytes(new RunPaths(_folder["out/first"]).Encoder), File.ReadAllBytes(new RunPaths(_folder["out/second"]).Encoder));

        // The run is exported for this, from the same cache.
        using var predict = AsNobody($"dotnet '{Cli.Program}' predict out/second images/lost+found images");
        Assert.True(predict.ExitCode == 3, predict.Error);
        Assert.Contains("images/lost+found: the folder cannot be read", predict.Error, StringComparison.Ordinal);
        Assert.Contains("autodidact: 2 files could not be read", predict.Error, StringComparison.Ordinal);
        Assert.Contains("images/all/059.bmp: ", predict.Out, StringComparison.Ordinal);

        ChildProcess Run(string name) => AsNobody(
            $"dotnet '{Cli.Program}' run images --out out/{name} "
            + string.Join(' ', ExportedModel.Settings.Select(setting => $"--set {setting}")));
    }

    [Fact]
    public void Should_Say_That_The_File_System_Cannot_Be_Written()
    {
        using var able = Shell("unshare -m mount -t tmpfs tmpfs . ");
        Assert.SkipUnless(able.ExitCode == 0, "mounting a file system needs rights");
        Directory.CreateDirectory(_folder["disk"]);
        using var cli = Shell(
            $"unshare -m sh -c \"mount -t tmpfs tmpfs disk && cp -r '{_model.Run}' disk/run && mount -o remount,ro disk "
            + $"&& dotnet '{Cli.Program}' run --out disk/run\"");
        Assert.Equal(5, cli.ExitCode);
        Assert.Contains("Read-only file system", cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("another process", cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ulimit -n 48", "run", "this process may open 48 files, and 128 are needed")]
    [InlineData("ulimit -n 48", "predict", "this process may open 48 files, and 128 are needed")]
    [InlineData("ulimit -v 5000000", "run", "this process may take 4.8 GB of address space, and training needs")]
    [InlineData("ulimit -v 3000000", "predict", "this process may take 2.9 GB of address space, and an exported model needs")]
    public void Should_Say_Which_Limit_Is_Too_Narrow(string limit, string command, string line)
    {
        string arguments = command == "run" ? $"run '{_model.Pictures}' --out run" : $"predict '{_model.Model}' '{_model.Picture}'";
        using var cli = Shell($"{limit} && exec dotnet '{Cli.Program}' {arguments}");
        Assert.Equal(5, cli.ExitCode);
        Assert.StartsWith($"autodidact: {line}", cli.Error, StringComparison.Ordinal);
        Assert.Single(cli.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(cli.Out.Trim());
    }

    [Fact]
    public void Should_Read_And_Write_Numbers_As_Ever_Whatever_The_Environment_Says()
    {
        const string German = "export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0 LC_ALL=de_DE.UTF-8";
        using var able = Shell($"{German}; dotnet '{Cli.Program}' --version");
        Assert.SkipUnless(able.ExitCode == 0, "languages need the library ICU");
        using var plain = Predict("true", "0.5");
        using var german = Predict(German, "0.5");
        Assert.Equal((0, plain.Out), (german.ExitCode, german.Out));
        using var comma = Predict(German, "0,5");
        Assert.Equal(2, comma.ExitCode);
        using var thousands = Shell($"{German}; dotnet '{Cli.Program}' search '{_model.Model}' no.npy --key a --count 1.000");
        Assert.Equal(2, thousands.ExitCode);

        ChildProcess Predict(string before, string confidence) => Shell(
            $"{before}; dotnet '{Cli.Program}' predict '{_model.Model}' '{_model.Picture}' --format csv --confidence {confidence}");
    }

    private ChildProcess Shell(string script) => ChildProcess.Run("sh", _folder.Path, "-c", script);

    /// <summary>Runs a script, with a cache of its own, as somebody whom permissions hold back: root is not.</summary>
    private ChildProcess AsNobody(string script)
    {
        script = $"mkdir -p cache && export AUTODIDACT_CACHE=\"$PWD/cache\" && {script}";
        if (!Environment.IsPrivilegedProcess) return Shell(script);
        string[] drop = ["--reuid", Nobody, "--regid", Nobody, "--clear-groups"];
        using var able = ChildProcess.Run("setpriv", _folder.Path, [.. drop, "test", "-r", Cli.Program]);
        Assert.SkipUnless(able.ExitCode == 0, "another user cannot read the program");
        Shell($"mkdir -p cache && chown {Nobody} cache 2> /dev/null || true").Dispose();
        return ChildProcess.Run("setpriv", _folder.Path, [.. drop, "sh", "-c", script]);
    }
}
