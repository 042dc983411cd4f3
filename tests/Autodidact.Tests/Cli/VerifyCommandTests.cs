using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Autodidact.Cli;
using Autodidact.Cli.Startup;
using Autodidact.Images;
using Autodidact.Runs;
using Autodidact.Search;
using Autodidact.Serialization;
using Autodidact.Tests.Files;
using Autodidact.Tests.Images;
using Autodidact.Tests.Inference;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Cli;

public sealed class VerifyCommandTests(ExportedModel exported) : IClassFixture<ExportedModel>, IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Tell_Whole_Files_From_Damaged_Ones()
    {
        var (run, pack) = (Run(), Pack());
        using var rows = Rows.Clustered(40, 8, 3);
        Rows.Write(_scratch["a.npy"], rows);
        InvertedFileBuilder.Build(_scratch["a.npy"], cancellationToken: TestContext.Current.CancellationToken);
        var model = exported.Copy();
        string[] paths = [run, pack, _scratch["a.npy"], model];
        Assert.Equal(0, Verify(paths));
        Assert.DoesNotContain("damaged", _out.ToString());
        foreach (var name in new[] { "encoder.safetensors", "predictions.npy", "set.pack", "a.npy", "a.keys.csv", "a.ivf", "full.onnx" })
            Assert.Single(Lines(), line => line.StartsWith("whole ", StringComparison.Ordinal) && Path.GetFileName(line) == name);

        string[] files =
        [
            Path.Combine(run, "encoder.safetensors"), Path.Combine(run, "predictions.npy"), pack, _scratch["a.npy"],
            _scratch["a.keys.csv"], _scratch["a.index.json"], _scratch["a.ivf"], Path.Combine(model, "exit-2.onnx"),
        ];
        foreach (var file in files)
        {
            Flip(file);
            Assert.Equal(3, Verify(paths));
            Assert.Contains("damaged", _error.ToString());
            if (file == _scratch["a.index.json"])
            {
                // Without it nothing says what the others were.
                Assert.Contains(Lines(), line => line.StartsWith("damaged", StringComparison.Ordinal) && line.Contains("a.index.json"));
            }
            else
            {
                var line = Assert.Single(Lines(), line => line.StartsWith("damaged", StringComparison.Ordinal));
                Assert.Contains(Path.GetFileName(file), line);
            }

            Flip(file);
        }

        Assert.Equal(0, Verify(paths));
    }

    [Fact]
    public void Should_Say_Where_No_Digest_Was_Recorded()
    {
        using var rows = Rows.Clustered(4, 8, 1);
        Rows.WritePlain(_scratch["plain.npy"], rows);
        File.WriteAllText(_scratch["picture.jpg"], "x");
        var old = exported.Copy(digests: false);
        var run = Run();
        using (var held = RunDirectory.Acquire(run))
        {
            held.Write(held.Record! with
            {
                Stages = held.Record!.Stages.ToDictionary(s => s.Key, s => s.Value with { Checksums = null }),
            });
        }

        Assert.Equal(0, Verify(_scratch["plain.npy"], _scratch["picture.jpg"], old, run));
        Assert.All(Lines(), line => Assert.StartsWith("no digest recorded  ", line));

        // Sizes are known all the same.
        File.AppendAllText(Path.Combine(run, "predictions.npy"), "x");
        Assert.Equal(3, Verify(run));
        Assert.Contains("predictions.npy: 5 bytes, 4 were written", _out.ToString());
    }

    [Fact]
    public void Should_Tell_A_Changed_Manifest_Of_A_Copied_Model()
    {
        var model = exported.Copy();
        var path = Path.Combine(model, "model.json");
        Assert.Equal(0, Verify(model));
        Assert.Contains($"whole               {path}", Lines());
        Assert.Equal(0, Verify(path));
        Assert.Equal([$"whole               {path}"], Lines());

        File.WriteAllText(path, File.ReadAllText(path).Replace("\"threshold\": 1", "\"threshold\": 0.1", StringComparison.Ordinal));
        foreach (var named in new[] { model, path })
        {
            Assert.Equal(3, Verify(named));
            Assert.StartsWith($"damaged             {path}: {path}: not what was written", Assert.Single(Lines()));
        }

        File.WriteAllText(path, exported.Manifest().ToJsonString());
        Assert.Equal(0, Verify(path));
        Assert.Equal([$"no digest recorded  {path}"], Lines());
    }

    [Fact]
    public void Should_Go_On_After_A_Path_That_Cannot_Be_Checked()
    {
        Directory.CreateDirectory(_scratch["empty"]);
        Directory.CreateDirectory(_scratch["broken"]);
        File.WriteAllText(Path.Combine(_scratch["broken"], "run.json"), "{");
        Assert.Equal(3, Verify(_scratch["none.npy"], _scratch["empty"], _scratch["broken"], Pack()));
        Assert.Equal(["damaged", "damaged", "damaged", "whole"], Lines().Select(line => line.Split(' ')[0]));
        Assert.Contains("no such file", Lines()[0]);
        Assert.Equal(2, Verify("--nothing"));
        Assert.Equal(2, Verify());
    }

    [Fact]
    public void Should_Find_The_Record_Of_A_Single_File_Of_A_Run()
    {
        var encoder = Path.Combine(Run(), "encoder.safetensors");
        Assert.Equal(0, Verify(encoder));
        Assert.StartsWith("whole ", Lines()[0]);
        Flip(encoder);
        Assert.Equal(3, Verify(encoder));
    }

    [Fact]
    public void Should_Print_Json()
    {
        var run = Run();
        Flip(Path.Combine(run, "predictions.npy"));
        Assert.Equal(3, Verify(run, "--json"));
        using var json = JsonDocument.Parse(_out.ToString());
        var states = json.RootElement.EnumerateArray().ToDictionary(
            file => Path.GetFileName(file.GetProperty("path").GetString()!), file => file.GetProperty("state").GetString());
        Assert.Equal(("whole", "damaged", "unrecorded"), (states["encoder.safetensors"], states["predictions.npy"], states["run.json"]));
    }

    [Fact]
    public void Should_Check_Checkpoints_And_The_Digest_Of_Any_Tensor_File()
    {
        var folder = Path.Combine(Run(), "checkpoints");
        Directory.CreateDirectory(folder);
        var (checkpoint, alone) = (Path.Combine(folder, "pretrain-000000003.safetensors"), _scratch["alone.safetensors"]);
        Tensors(checkpoint);
        Tensors(alone);
        string[] paths = [_scratch["run"], alone];
        Assert.Equal(0, Verify(paths));
        foreach (var file in new[] { checkpoint, alone })
            Assert.Single(Lines(), line => line.StartsWith("whole ", StringComparison.Ordinal) && line.EndsWith(file));

        foreach (var file in new[] { checkpoint, alone })
        {
            // The last byte is one of a tensor; "step" is in the metadata.
            var bytes = File.ReadAllBytes(file);
            foreach (var at in new[] { bytes.Length - 1, Encoding.Latin1.GetString(bytes).IndexOf("\"12\"", StringComparison.Ordinal) + 1 })
            {
                bytes[at] ^= 2;
                File.WriteAllBytes(file, bytes);
                Assert.Equal(3, Verify(paths));
                Assert.Contains(file, Assert.Single(Lines(), line => line.StartsWith("damaged", StringComparison.Ordinal)));
                bytes[at] ^= 2;
            }

            File.WriteAllBytes(file, bytes);
        }
    }

    [Fact]
    public void Should_Miss_The_Summary_Of_A_Measured_Run()
    {
        var run = Run();
        File.Delete(Path.Combine(run, "summary.json"));
        Assert.Equal(3, Verify(run));
        Assert.Single(Lines(), line => line.StartsWith("damaged", StringComparison.Ordinal) && line.EndsWith("summary.json: missing"));
    }

    /// <summary>The record is written first: a kill before the summary leaves the old one, and one after it the new one.</summary>
    [Fact]
    public void Should_Know_The_Summary_Whenever_Its_Writer_Was_Killed()
    {
        var path = Path.Combine(Run(), "summary.json");
        AssertSummary("no digest recorded", 0);
        using (var run = RunDirectory.Acquire(_scratch["run"]))
        {
            // One of an earlier version, the second, and one that says the same again.
            foreach (var seconds in new[] { 1, 2, 2, 3 })
            {
                var old = File.ReadAllText(path);
                run.WriteSummary(new Summary { Seconds = new SecondsSummary { Total = seconds } });
                run.Write(run.Record! with { SummaryChecksums = null, Seed = (ulong)seconds });
                var written = File.ReadAllText(path);
                AssertSummary("whole", 0);
                File.WriteAllText(path, old);
                AssertSummary("whole", 0);
                File.WriteAllText(path, written);
            }
        }

        File.WriteAllText(path, File.ReadAllText(path).Replace("3", "4", StringComparison.Ordinal));
        AssertSummary("damaged", 3);
        using (var run = RunDirectory.Acquire(_scratch["run"])) run.WriteSummary(new Summary());
        AssertSummary("whole", 0);

        void AssertSummary(string state, int status)
        {
            foreach (var named in new[] { _scratch["run"], path })
            {
                Assert.Equal(status, Verify(named));
                Assert.Single(Lines(), line => line.StartsWith($"{state} ", StringComparison.Ordinal) && line.Contains(path));
            }
        }
    }

    [Theory]
    [InlineData("summary.json")]
    [InlineData("metrics.jsonl")]
    public void Should_Refuse_A_Folder_In_The_Place_Of_A_File(string name)
    {
        var path = Path.Combine(Run(), name);
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Equal(3, Verify(_scratch["run"]));
        Assert.Contains(name, Assert.Single(Lines(), line => line.StartsWith("damaged", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("pipe.npy")]
    [InlineData("pipe.safetensors")]
    [InlineData("pipe.pack")]
    [InlineData("pipe.txt")]
    [InlineData("/dev/null")]
    public void Should_Refuse_A_Pipe_Or_A_Device_In_The_Place_Of_A_File(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes and devices are those of Linux");
        var isDevice = name.StartsWith('/');
        var path = isDevice ? name : SpecialFiles.Pipe(_scratch[name]);
        Assert.Equal(3, Verify(path));
        Assert.Equal(
            $"damaged             {path}: it is a {(isDevice ? "device" : "named pipe")}, not a file", Assert.Single(Lines()));
    }

    /// <summary>A file of one tensor, with the digests of a checkpoint or with none.</summary>
    private static void Tensors(string path, bool digest = true)
    {
        var metadata = new Dictionary<string, string> { ["step"] = "12" };
        if (digest)
        {
            metadata[SafetensorsDigest.DataKey] = Convert.ToHexStringLower(SHA256.HashData("weights!"u8));
            metadata[SafetensorsDigest.MetadataKey] = SafetensorsDigest.OfMetadata(metadata);
        }

        SafetensorsWriter.Write(
            path, [new SafetensorsEntry("a", TensorType.F32, [2])], metadata, (_, stream) => stream.Write("weights!"u8));
    }

    private string Run()
    {
        using var run = RunDirectory.Acquire(_scratch["run"]);
        run.Write(new RunRecord { Seed = 1 });
        Tensors(run.Paths.Encoder, digest: false);
        new Summary().Save(run.Paths.Summary);
        File.WriteAllText(run.Paths.Predictions, "1234");
        run.Complete("pretrain", "a", TimeSpan.Zero, run.Paths.Encoder);
        run.Complete("evaluate", "b", TimeSpan.Zero, run.Paths.Predictions);
        return run.Paths.Root;
    }

    private string Pack()
    {
        var images = Enumerable.Range(0, 5).Select(i => new RawImage(TestImages.Pixels(8, 8, i), 8, 8, 3));
        TestImages.Pack(new ListSource([.. images.Select((image, i) => new ImageEntry($"key{i}", null, image))]), _scratch["set.pack"]);
        return _scratch["set.pack"];
    }

    private string[] Lines() => _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private int Verify(params string[] arguments)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return new CommandLine(new CliHost
        {
            Out = _out,
            Error = _error,
            Pipeline = (_, _, _, _) => throw new InvalidOperationException("no run is begun"),
        }).Run(["verify", .. arguments]);
    }

    /// <summary>Changes a bit, and back at the second call: a pixel of a pack, a digest in JSON, elsewhere a byte in the middle.</summary>
    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var at = Path.GetExtension(file) switch
        {
            ".pack" => 4096 + 100,
            ".json" => Array.LastIndexOf(bytes, (byte)'=') - 3,
            _ => bytes.Length / 2,
        };
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);

        // In one process a checksum is not computed twice for a file that seems unchanged.
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(Random.Shared.Next(1, 1_000_000)));
    }
}
