using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Autodidact.Inference;
using Autodidact.Tests;

namespace Autodidact.IntegrationTests;

/// <summary>The samples as a reader starts them.</summary>
[Collection<Builds>]
public sealed partial class SamplesTests(ExportedModel exported) : IClassFixture<ExportedModel>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Print_A_Table_Of_Predictions()
    {
        var broken = _folder["broken.png"];
        File.WriteAllText(broken, "not a picture");
        using var console = Run(3, "ConsolePrediction", exported.Model, exported.Picture, broken, "--exit", "2");
        var lines = console.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(3, lines.Length);
        using var model = EarlyExitModel.Load(exported.Model);
        var answer = model.Predict(exported.Picture, ExitPolicy.Fixed(2));
        Assert.Matches($@"000\.bmp\s+cluster {answer.Cluster}\s+\S+ %\s+2\s", lines[1]);
        Assert.Matches(@"broken\.png\s+not a JPEG", lines[2]);
    }

    [Fact]
    public void Should_Answer_In_A_Published_Folder_That_Needs_No_DotNet()
    {
        var output = _folder["published"];
        using var publish = ChildProcess.Expect(
            0, "dotnet", Repository.Root,
            "publish", Path.Combine("samples", "ConsolePrediction"), "-c", "Release", "-r", Repository.Platform,
            "--artifacts-path", _folder["artifacts"], "-o", output);
        Assert.DoesNotContain(Directory.EnumerateFiles(output), file =>
            file.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal));
        var megabytes = new DirectoryInfo(output).EnumerateFiles().Sum(f => f.Length) / 1e6;
        Assert.True(megabytes < 90, $"{megabytes:F0} MB");

        // Trimming took only what is not needed: the answer is that of the plain build.
        using var plain = Run(0, "ConsolePrediction", exported.Model, exported.Picture);
        using var published = ChildProcess.Expect(
            0, Path.Combine(output, "ConsolePrediction"), _folder.Path, exported.Model, exported.Picture);
        Assert.Equal(plain.Out, published.Out);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(output, "licences", "Microsoft.ML.OnnxRuntime")));
    }

    [Theory]
    [InlineData("no model.json", 3, "nothing-here", "image.png")]
    [InlineData("usage:", 2)]
    [InlineData("--confidence takes a number", 2, "model", "image.png", "--confidence", "2")]
    public void Should_Say_What_Is_Wrong_In_One_Line(string reason, int status, params string[] arguments)
    {
        using var console = Run(status, "ConsolePrediction", arguments);
        Assert.Contains(
            reason,
            Assert.Single(console.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_Answer_Over_Http()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var server = Start("WebApi", "--model", exported.Model, "--urls", "http://127.0.0.1:0", "--max-image-bytes", "100000");
        Assert.True(server.Until(() => Listening().IsMatch(server.Out)), server.Out + server.Error);
        using var client = new HttpClient { BaseAddress = new Uri(Listening().Match(server.Out).Groups[1].Value) };
        using var model = EarlyExitModel.Load(exported.Model);
        var picture = await File.ReadAllBytesAsync(exported.Picture, cancel);

        var description = await client.GetFromJsonAsync<JsonElement>("/model", cancel);
        Assert.Equal(model.Manifest.Clusters, description.GetProperty("clusters").GetInt32());
        Assert.Equal(model.Manifest.Exits.Count, description.GetProperty("exits").GetArrayLength());

        // Many at a time: one model serves them all.
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PostAsync("/predict?exit=3", picture)));
        var expected = model.Predict(exported.Picture, ExitPolicy.Fixed(3));
        Assert.All(answers, answer =>
        {
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal(expected.Cluster, answer.Body.GetProperty("cluster").GetInt32());
            Assert.Equal(3, answer.Body.GetProperty("exit").GetInt32());
        });
        Assert.Equal(
            expected.Top(3).Skip(1).Select(c => (c.Cluster, c.Probability)),
            answers[0].Body.GetProperty("runners_up").EnumerateArray()
                .Select(c => (c.GetProperty("cluster").GetInt32(), c.GetProperty("probability").GetSingle())));
        Assert.Equal(expected.ExpectedAgreement, answers[0].Body.GetProperty("expected_agreement").GetDouble());
        Assert.Equal(1, (await PostAsync("/predict?confidence=0", picture)).Body.GetProperty("exit").GetInt32());
        Assert.Equal(
            model.Embed(exported.Picture, 2),
            (await PostAsync("/embed?exit=2", picture)).Body.GetProperty("feature").EnumerateArray().Select(v => v.GetSingle()));

        await RefusedAsync(HttpStatusCode.BadRequest, "not a JPEG", "/predict", "not a picture"u8.ToArray());
        await RefusedAsync(HttpStatusCode.BadRequest, "empty", "/embed", []);
        await RefusedAsync(HttpStatusCode.BadRequest, "the model has exits 1 to 4", "/predict?exit=9", picture);
        await RefusedAsync(HttpStatusCode.BadRequest, "the model has exits 1 to 4", "/embed?exit=9", picture);
        await RefusedAsync(HttpStatusCode.BadRequest, "expected 1 or more", "/embed?exit=0", picture);
        await RefusedAsync(HttpStatusCode.BadRequest, "expected 0 to 1", "/predict?confidence=2", picture);
        await RefusedAsync(HttpStatusCode.BadRequest, "confidence", "/predict?confidence=much", picture);
        await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "too large", "/predict", new byte[100_001]);

        // A client that goes away in the middle disturbs nobody, and is no error of the server's.
        using (var hurried = new CancellationTokenSource())
        {
            var sending = client.PostAsync("/predict", new StreamContent(new EndlessStream(hurried)), hurried.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }

        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/predict", picture)).Status);
        Assert.DoesNotContain("Exception", server.Out + server.Error, StringComparison.Ordinal);
        return;

        async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, byte[] body)
        {
            using var response = await client.PostAsync(path, new ByteArrayContent(body), cancel);
            return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(cancel));
        }

        async Task RefusedAsync(HttpStatusCode status, string reason, string path, byte[] body)
        {
            var (found, problem) = await PostAsync(path, body);
            var detail = problem.GetProperty("detail").GetString()!;
            Assert.Equal(status, found);
            Assert.Contains(reason, detail, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', detail);
        }
    }

    /// <summary>At its start, and not at the first request.</summary>
    [Fact]
    public void Should_Not_Serve_A_Damaged_Model()
    {
        var copy = _folder["model"];
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(exported.Model)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        var bytes = File.ReadAllBytes(Path.Combine(copy, "stage2.onnx"));
        bytes[^10] ^= 1;
        File.WriteAllBytes(Path.Combine(copy, "stage2.onnx"), bytes);
        using var server = Run(3, "WebApi", "--model", copy, "--urls", "http://127.0.0.1:0");
        Assert.Contains("stage2.onnx: not the file model.json was written with", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Not_Serve_Without_A_Model()
    {
        using var server = Run(3, "WebApi", "--model", _folder.Path, "--urls", "http://127.0.0.1:0");
        Assert.Contains("holds no model.json", server.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();

    private static string Program(string sample)
    {
        // This program lies in bin/<configuration>/<framework>; the samples are built beside it in the same way.
        var output = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Autodidact.IntegrationTests"), AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "samples", sample, output, sample + ".dll");
    }

    private ChildProcess Start(string sample, params string[] arguments) =>
        ChildProcess.Start("dotnet", _folder.Path, [Program(sample), .. arguments]);

    private ChildProcess Run(int status, string sample, params string[] arguments) => ChildProcess.Expect(
        status, "dotnet", _folder.Path, [Program(sample), .. arguments]);

    /// <summary>An upload whose sender gives up after its first bytes.</summary>
    private sealed class EndlessStream(CancellationTokenSource cancel) : Stream
    {
        private int _sent;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _sent; set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_sent > 0)
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            buffer.Span[0] = 0;
            _sent++;
            return 1;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
