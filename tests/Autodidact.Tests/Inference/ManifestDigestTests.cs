using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using Autodidact.Inference;
using Autodidact.Options;

namespace Autodidact.Tests.Inference;

/// <summary>A manifest that says another thing than what was written is noticed.</summary>
public sealed class ManifestDigestTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    private static readonly Dictionary<string, Action<JsonObject>> _changes = new()
    {
        ["mean"] = m => m["input"]!["mean"]![0] = 0.7881,
        ["order of std"] = m => m["input"]!["std"] = new JsonArray(0.1, 0.2, 0.3),
        ["threshold"] = m => m["exits"]![0]!["threshold"] = 0.1,
        ["temperature"] = m => m["exits"]![1]!["temperature"] = 2,
        ["threshold of a trade-off"] = m => m["trade_offs"]![0]!["thresholds"]![0] = 0.5,
        ["name"] = m => m["names"]![0] = "z",
        ["no names"] = m => m["names"] = null,
        ["order of names"] = m => m["names"] = new JsonArray("b", "a", "c", "d", "e"),
        ["where it came from"] = m => m["provenance"]!["run"] = "another",
        ["digest of a graph"] = m => m["sha256"]!["full.onnx"] = new string('0', 64),
        ["no digests of graphs"] = m => m.Remove("sha256"),
        ["the digest"] = m => m["digest"] = "another",
    };

    public static TheoryData<string> Changes() => [.. _changes.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Should_Refuse_A_Changed_Manifest(string change)
    {
        var manifest = exported.Manifest(digest: true);
        _changes[change](manifest);
        var (folder, path) = Copy(manifest.ToJsonString());
        var refused = Assert.Throws<AutodidactException>(() => EarlyExitModel.Load(folder));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Equal(
            $"{path}: not what was written, it was damaged or changed: export the model again, "
                + "or remove its field 'digest' if it was edited on purpose",
            refused.Message);

        // Whoever removes the digest takes the new values.
        manifest.Remove("digest");
        File.WriteAllText(path, manifest.ToJsonString());
        Assert.Null(ModelManifest.Load(folder).Digest);
    }

    [Fact]
    public void Should_Take_A_Manifest_That_Was_Formatted_Anew()
    {
        var manifest = exported.Manifest(digest: true);
        var text = manifest.ToJsonString();
        var reversed = new JsonObject(manifest.Reverse().Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
        foreach (var same in new[]
        {
            text, manifest.ToJsonString(OptionJson.SerializerOptions), reversed.ToJsonString(), "\ufeff" + text,
            text.Replace("\"threshold\":1,", "\"threshold\":1.00,", StringComparison.Ordinal),
            text.Replace("\"threshold\":1,", "\"threshold\":10e-1,", StringComparison.Ordinal),
            text.Replace("\"float32\"", "\"\\u0066loat32\"", StringComparison.Ordinal),
        })
        {
            Assert.Matches("^[0-9a-f]{32}$", ModelManifest.Load(Copy(same).Folder).Digest);
        }
    }

    [Fact]
    public void Should_Write_The_Digest_Anew_With_Other_Values()
    {
        var (folder, _) = Copy(exported.Manifest(digest: true).ToJsonString());
        var before = ModelManifest.Load(folder);
        (before with { Names = ["v", "w", "x", "y", "z"] }).Save(folder);
        var after = ModelManifest.Load(folder);
        Assert.Equal("v", after.Names![0]);
        Assert.NotEqual(before.Digest, after.Digest);
        before.Save(folder);
        Assert.Equal(before.Digest, ModelManifest.Load(folder).Digest);
        Assert.NotEqual(before.Digest, ModelManifest.Load(exported.Int8Folder).Digest);
    }

    /// <summary>Indexes that lie on disks have it.</summary>
    [Fact]
    public void Should_Be_The_Hash_Of_Texts_That_End_In_Zero_And_Of_Numbers()
    {
        byte[] content = [.. Encoding.UTF8.GetBytes("ab\0\0ü\0"), 0, 0, 0x80, 0x3f];
        Assert.Equal(Convert.ToHexStringLower(XxHash128.Hash(content)), ManifestDigest.Of(["ab", null, "ü"], [1f]));
    }

    private (string Folder, string Path) Copy(string manifest)
    {
        var folder = exported.Copy();
        var path = Path.Combine(folder, ModelManifest.FileName);
        File.WriteAllText(path, manifest, new UTF8Encoding(false));
        return (folder, path);
    }
}
