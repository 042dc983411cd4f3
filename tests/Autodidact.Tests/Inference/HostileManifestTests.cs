using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Autodidact.Cli.Rendering;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Options;
using Autodidact.RunReports;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

/// <summary>Model folders whose <c>model.json</c> lies.</summary>
public sealed class HostileManifestTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    /// <summary>Each as a path of names into the manifest, and what is put there as JSON; null takes the name away.</summary>
    public static TheoryData<string, string?> Lies()
    {
        var data = new TheoryData<string, string?>();
        foreach (var name in new[] { "architecture", "precision", "input", "feature_size", "clusters", "exits" })
        {
            data.Add(name, null);
            data.Add(name, "null");
            data.Add(name, "{}");
            data.Add(name, "[]");
            data.Add(name, "\"x\\ny\"");
        }

        foreach (var name in new[] { "exit", "stage_file", "model_file", "parameters", "macs", "branch_macs" })
        {
            data.Add($"exits.1.{name}", null);
            data.Add($"exits.1.{name}", "null");
            data.Add($"exits.1.{name}", "-1");
            data.Add($"exits.1.{name}", "1e999");
            data.Add($"exits.1.{name}", "\"NaN\"");
            data.Add($"exits.1.{name}", "9223372036854775807");
        }

        foreach (var file in new[]
        {
            "../../../../etc/passwd", "/etc/passwd", "..", ".", "", "\\\\\\\\server\\\\share\\\\a.onnx", "C:\\\\a.onnx", "c:a.onnx",
            "..\\\\a.onnx", "a/b.onnx", ".onnx", ".a.onnx",
            "model.json", "a.onnx\\u0000.txt", "a\\n.onnx", "a.onnx:stream", "~/a.onnx", "stage\\u0131.onnx", "file:///etc/passwd",
            "http://127.0.0.1/a.onnx", "nul", new string('a', 300) + ".onnx",
        })
        {
            data.Add("exits.0.stage_file", $"\"{file}\"");
            data.Add("exits.3.model_file", $"\"{file}\"");
            data.Add("input.preprocessing_file", $"\"{file}\"");
            data.Add("encoder.file", $"\"{file}\"");
            data.Add("encoder.input.preprocessing_file", $"\"{file}\"");
        }

        foreach (var (name, value) in new[]
        {
            ("schema", "0"), ("schema", "2"), ("schema", "-1"), ("schema", "\"1\""), ("schema", "1e400"),
            ("unknown_name", "1"), ("precision", "\"float16\""), ("precision", "7"),
            ("input.side", "0"), ("input.side", "-16"), ("input.side", "4097"), ("input.side", "2147483647"), ("input.side", "16.5"),
            ("input.view_size", "1000000"), ("input.view_size", "0"),
            ("input.mean", "null"), ("input.mean", "[0,0]"), ("input.mean", "[0,0,1e39]"), ("input.std", "[1,1,0]"),
            ("input.std", "[1,1,-1]"), ("input.std", "[1,1,\"NaN\"]"),
            ("input.side", null!), ("input.view_size", null!), ("input.std", null!),
            ("feature_size", "0"), ("feature_size", "-64"), ("feature_size", "2147483647"), ("feature_size", "1e3"),
            ("feature_size", "64.5"), ("feature_size", "99999999999"),
            ("clusters", "0"), ("clusters", "-5"), ("clusters", "2147483647"), ("clusters", "4"), ("clusters", "6"),
            ("names", "[]"), ("names", "[\"a\",\"b\",\"c\",\"d\"]"), ("names", "[\"a\",\"b\",\"c\",\"d\",null]"),
            ("names", "[\"a\",\"b\",\"c\",\"d\",5]"),
            ("names", "[\"a\",\"b\",\"c\",\"d\",\"\\u001b[2J\"]"), ("names", "[\"a\",\"b\",\"c\",\"d\",\"e\\nf\"]"),
            ("exits", "[null]"), ("exits", "[{}]"), ("exits.0", "null"), ("exits.0.exit", "2"), ("exits.3.exit", "1"),
            ("exits.3.exit", "5"), ("exits.1.branch_macs", "9000000000000"),
            ("exits.0.temperature", "0"), ("exits.0.temperature", "-1"), ("exits.0.temperature", "1e-300"),
            ("exits.0.temperature", "1e300"), ("exits.0.temperature", "1e999"),
            ("exits.0.temperature", "\"NaN\""), ("exits.0.temperature", "null"), ("exits.0.threshold", "1e999"),
            ("exits.0.threshold", "-1e999"), ("exits.0.threshold", "\"NaN\""),
            ("exits.0.threshold", "null"),
            ("trade_offs", "null"), ("trade_offs", "[null]"), ("trade_offs.0.thresholds", "[1]"), ("trade_offs.0.thresholds", "null"),
            ("trade_offs.0.thresholds", "[1e999,1,1,0]"),
            ("trade_offs.0.agreement", "2"), ("trade_offs.0.agreement", "-1e999"), ("trade_offs.0.mean_macs", "-1"),
            ("trade_offs.0.mean_macs", "1e999"),
            ("encoder.feature_size", "-1"), ("encoder.input", "null"), ("encoder.file", null!), ("encoder.input.side", "0"),
            ("provenance", "null"), ("provenance", "[]"), ("provenance", "{\"a\":1}"),
            ("sha256", "null"), ("sha256", "{\"stage1.onnx\":\"00\"}"), ("sha256", "[]"), ("sha256", "{\"a\":null}"),
        })
        {
            data.Add(name, value);
        }

        return data;
    }

    [Fact]
    public void Should_Answer_As_Long_As_Nothing_Is_Changed()
    {
        Assert.Equal(24, exported.Ask(exported.Folder, Token).Count);
        Assert.Equal(24, exported.Ask(exported.Int8Folder, Token).Count);
        Assert.Equal(24, exported.Ask(exported.Copy(), Token).Count);
        Assert.Equal(24, exported.Ask(exported.Copy(digests: false), Token).Count);
    }

    [Fact]
    public void Should_Take_Or_Refuse_Every_Edited_Manifest()
    {
        using var scratch = new ScratchFolder();
        var folder = Directory.CreateDirectory(scratch["model"]).FullName;
        var (taken, refused) = EditedJson.Check(EditedJson.Of(exported.Manifest().ToJsonString(), each: 4), json =>
        {
            File.WriteAllText(Path.Combine(folder, "model.json"), json);
            var manifest = ModelManifest.Load(folder);
            Assert.NotEmpty(ExportTable.Render(manifest, manifest, folder));
            CostCharts.OfEarlyExits(manifest).ToList();
        });
        Assert.InRange(taken, 1, int.MaxValue);
        Assert.InRange(refused, 200, int.MaxValue);
    }

    [Fact]
    public void Should_Take_Or_Refuse_Every_Edited_Manifest_Of_An_Index()
    {
        using var scratch = new ScratchFolder();
        using var model = EarlyExitModel.Load(exported.Folder);
        var path = scratch["a.index.json"];
        var manifest = JsonSerializer.Serialize(IndexManifest.Of(model, FeatureSource.Deepest), OptionJson.SerializerOptions);
        var (taken, refused) = EditedJson.Check(EditedJson.Of(manifest, each: 5), json =>
        {
            File.WriteAllText(path, json);
            IndexManifest.Load(path).IsOf(model);
        });
        Assert.InRange(taken, 1, int.MaxValue);
        Assert.InRange(refused, 100, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void Should_Refuse_A_Lie(string where, string? value)
    {
        // Taken as text: not everything that is put there can be a node. Without digests, which would find fault with other file names
        // first.
        const string Mark = "\"@@@\"";
        var manifest = exported.Manifest();
        manifest.Remove("sha256");
        JsonNode node = manifest;
        var names = where.Split('.');
        foreach (var name in names[..^1])
        {
            node = node is JsonArray array ? array[int.Parse(name, CultureInfo.InvariantCulture)]! : node[name]!;
        }

        if (value is null)
        {
            Assert.True(node.AsObject().Remove(names[^1]));
        }
        else if (node is JsonArray array)
        {
            array[int.Parse(names[^1], CultureInfo.InvariantCulture)] = "@@@";
        }
        else
        {
            node[names[^1]] = "@@@";
        }

        var folder = exported.Copy();
        File.WriteAllText(
            Path.Combine(folder, ModelManifest.FileName), manifest.ToJsonString().Replace(Mark, value, StringComparison.Ordinal));
        Refusal.Of(folder, () => ModelManifest.Load(folder), what: $"{where} = {value}");
    }

    [Fact]
    public void Should_Refuse_A_Text_That_Is_No_Manifest()
    {
        var text = exported.Manifest().ToJsonString();
        foreach (var broken in new[]
        {
            "", " ", "null", "[]", "{}", "7", "\"\"", text + "}", text + text, text[..^1], "[" + text + "]", text.Replace('"', '\''),
            text + "// more",
            text.Replace("\"clusters\":", "\"clusters\":7,\"clusters\":", StringComparison.Ordinal),
            text.Replace("\"threshold\":", "\"threshold\":0,\"threshold\":", StringComparison.Ordinal),
            text.Replace("\"provenance\":{", "\"provenance\":{\"a\":\"1\",\"a\":\"2\"", StringComparison.Ordinal),
            text.Replace("\"architecture\":\"", "\"architecture\":\"\\ud800", StringComparison.Ordinal),
            text.Replace("\"clusters\":5", "\"clusters\":NaN", StringComparison.Ordinal),
            text.Replace("\"clusters\":5", "\"clusters\":" + new string('5', 100_000), StringComparison.Ordinal),
            text.Replace("\"provenance\":{", "\"provenance\":{\"" + new string('k', 1_000_000) + "\":1,", StringComparison.Ordinal),
            new string('[', 1_000_000),
            string.Concat(Enumerable.Repeat("{\"encoder\":", 100_000)),
            string.Concat(Enumerable.Repeat("{\"provenance\":", 10_000)),
            new string(' ', 1_000_000),
            text.Replace("\"exits\":[", "\"exits\":[" + string.Concat(Enumerable.Repeat("null,", 1_000_000)), StringComparison.Ordinal),
        })
        {
            Assert.NotEqual(text, broken);
            Refuse(broken, broken[..Math.Min(200, broken.Length)], mostBytes: (60L * broken.Length) + (4 << 20));
        }
    }

    [Fact]
    public void Should_Refuse_A_Gigabyte_Of_Manifest_Without_Reading_It()
    {
        var path = Path.Combine(exported.Copy(), ModelManifest.FileName);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(1 << 30);
        }

        Assert.Contains("too large", Refusal.Of(path, () => ModelManifest.Load(Path.GetDirectoryName(path)!)), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Answer_Or_Refuse_Under_Six_Hundred_Mutated_Manifests()
    {
        var folder = exported.Copy();
        var path = Path.Combine(folder, ModelManifest.FileName);
        var whole = Encoding.UTF8.GetBytes(exported.Manifest().ToJsonString());
        var random = new CounterRandom(17);
        var (refused, answered) = (0, 0);
        for (var mutation = 0; mutation < 600; mutation++)
        {
            var bytes = whole.ToArray();
            for (var change = random.NextUInt32() % 3; change < 3; change++)
            {
                bytes[random.NextUInt32() % bytes.Length] = random.NextUInt32() % 2 == 0
                    ? (byte)random.NextUInt32()
                    : (byte)"0123456789-.,:[]{}\"e"[(int)(random.NextUInt32() % 20)];
            }

            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var model = EarlyExitModel.Load(folder);
                Assert.All(
                    model.PredictPixels(
                        exported.Pixels.AsMemory(0, Math.Min(exported.Pixels.Length, model.BytesPerImage)), ExitPolicy.Fixed(1), Token),
                    AssertIsAnAnswer);
                answered++;
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Data)
            {
                Assert.Contains(folder, e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
            catch (ArgumentException) when (ModelManifest.Load(folder).Input.Side != ExportedModel.Side)
            {
                // Another size of the pictures, and the caller's are no longer of it.
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }

        Assert.InRange(refused, 100, 599);
        Assert.InRange(answered, 1, 500);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void AssertIsAnAnswer(Prediction prediction)
    {
        Assert.InRange(prediction.Cluster, 0, ExportedModel.Clusters - 1);
        Assert.InRange(prediction.Confidence, 0.1f, 1.0001f);
    }

    private void Refuse(string text, string what, long mostBytes = 8 << 20)
    {
        var folder = exported.Copy();
        File.WriteAllText(Path.Combine(folder, ModelManifest.FileName), text);
        Refusal.Of(folder, () => exported.Ask(folder, Token), mostBytes, what);
    }
}
