using System.Text.Json;
using Autodidact.Tests.Images;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Autodidact.IntegrationTests;

/// <summary>Reports of runs of every kind of data, opened in a browser.</summary>
public sealed class ReportTests : IDisposable
{
    private const long MostBytes = 5_000_000;

    // Names that a file system allows and a browser must not take for markup.
    private static readonly string[] NastyNames =
    [
        "<script>alert(1)<%2Fscript>.bmp", "<img src=x onerror=alert(1)>.bmp", "it's \"quoted\" & more.bmp", "\u202egnp.bmp", "صورة.bmp",
        "תמונה.bmp", "🦊 fox 🇩🇪.bmp", "{a|b} {{c}}.bmp",
        "</script><b>.bmp".Replace('/', '\u2215'),
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Should_Show_A_Run_On_The_Built_In_Set_With_Its_Exported_Model()
    {
        var run = _folder["run"];
        using (var first = Cli.Expect(0, _folder.Path, SmallRun.Arguments(run)))
        {
            Assert.Contains($"report: {Path.Combine(run, "report.html")}", first.Out, StringComparison.Ordinal);
        }

        Assert.Contains("The export measures early exits", Page(run), StringComparison.Ordinal);
        Cli.Expect(0, _folder.Path, "export", run).Dispose();
        Assert.DoesNotContain("The export measures early exits", Page(run), StringComparison.Ordinal);
        await using var browser = await Browser.Open(Path.Combine(run, "report.html"));
        await Healthy(browser);
        var headings = await browser.Page.Locator("h2").AllTextContentsAsync();
        string[] expectedHeadings =
            ["What was run", "Results", "Pre-training", "Distillation", "Clusters", "Map of the features", "Options"];
        foreach (var heading in expectedHeadings)
            Assert.Contains(heading, headings);
        var captions = string.Join('\n', await browser.Page.Locator("figcaption").AllTextContentsAsync());
        string[] expectedCaptions =
        [
            "Linear probe against cost", "k-NN against cost", "Agreement of early exits", "Effective rank", "Sizes of the clusters",
            "Clusters and classes",
        ];
        foreach (var caption in expectedCaptions)
            Assert.Contains(caption, captions, StringComparison.Ordinal);

        // The table is that of summary.json.
        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
        var exit = summary.RootElement.GetProperty("exits")[3].GetProperty("linear").GetDouble();
        var row = await browser.Page.Locator("#results tr.stressed td").AllTextContentsAsync();
        Assert.Equal((100 * exit).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + "%", row[1]);
        await Hover(browser);
    }

    [Fact]
    public async Task Should_Show_Names_As_Text_On_A_Flat_Folder_In_The_Dark_On_A_Phone()
    {
        var images = Path.Combine(_folder.Path, "pictures");
        PictureFolder.Make(images, images: 24, side: 32);
        foreach (var (name, i) in NastyNames.Select((n, i) => (n, i)))
            File.Move(Path.Combine(images, $"{i:D3}.bmp"), Path.Combine(images, name));
        File.WriteAllText(Path.Combine(images, "<b>broken</b>.png".Replace('/', '\u2215')), "not a picture");

        // No cluster can have more pictures than a sheet shows (12), so every picture is shown, wherever it falls.
        using (Cli.Expect(0, _folder.Path, Small(images, _folder["run"], "--set", "data.holdout=0.2", "--set", "cluster.k=13")))
        {
        }

        await using var browser = await Browser.Open(Path.Combine(_folder["run"], "report.html"), ColorScheme.Dark, width: 390);
        await Healthy(browser);
        Assert.Equal(
            0,
            await browser.Page.Locator("main img[src=x], main b, script:not([data-chart]):not(:has-text('echarts')):has-text('alert')")
                .CountAsync());
        var shown = await browser.Page.Locator(".pictures img").EvaluateAllAsync<string[]>("all => all.map(i => i.alt)");
        Assert.All(NastyNames, name => Assert.Contains(name, shown));
        Assert.Contains("<b>broken", await browser.Page.Locator("#skipped").TextContentAsync(), StringComparison.Ordinal);

        // Nothing but tables is wider than the screen, and those scroll by themselves.
        Assert.True(
            await browser.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than a phone");
        Assert.Equal("rgb(20, 24, 29)", await browser.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await Hover(browser);
        foreach (var name in NastyNames)
        {
            await browser.Page.EvaluateAsync(
                """
                name => {
                  const chart = echarts.getInstanceByDom(document.querySelector('#map .plot'));
                  const index = JSON.parse(document.querySelector('#map script').textContent).names.indexOf(name);
                  chart.getOption().series.forEach((s, seriesIndex) => s.data.forEach((point, dataIndex) => {
                    if (point[2] === index) chart.dispatchAction({ type: 'showTip', seriesIndex, dataIndex });
                  }));
                }
                """,
                name);
            await browser.Page.Locator(".tip b").Filter(new() { HasText = name }).WaitForAsync();
            Assert.Equal(name, await browser.Page.Locator(".tip b").TextContentAsync());
            Assert.Equal(0, await browser.Page.Locator(".tip :is(img, script)").CountAsync());
        }
    }

    [Fact]
    public async Task Should_Show_Class_Names_And_Options_As_Text()
    {
        var images = Path.Combine(_folder.Path, "<data>");
        foreach (var (name, i) in new[] { "<script>alert(2)", "\"it's\" & more", "حيوانات" }.Select((n, i) => (n, i)))
            PictureFolder.Make(Path.Combine(images, name), images: 24 + i, side: 32);
        using (Cli.Expect(0, _folder.Path, Small(images, _folder["run"])))
        {
        }

        await using var browser = await Browser.Open(Path.Combine(_folder["run"], "report.html"));
        await Healthy(browser);
        Assert.Contains("<data>", await browser.Page.Locator("#run").TextContentAsync(), StringComparison.Ordinal);
        Assert.Contains("<data>", await browser.Page.Locator("#options").TextContentAsync(), StringComparison.Ordinal);
        var chart = await browser.Page.Locator("figure:has-text('Clusters and classes') script").TextContentAsync();
        using var spec = JsonDocument.Parse(chart!);
        Assert.Contains("<script>alert(2)", spec.RootElement.GetProperty("columns").EnumerateArray().Select(c => c.GetString()));
        Assert.Contains(
            "<script>alert(2)",
            string.Concat(await browser.Page.Locator("figure:has-text('Clusters and classes') svg text").AllTextContentsAsync()),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_Show_A_Run_On_Cifar10_And_Compare_It()
    {
        var data = SharedData.Require("cifar10.zip");
        foreach (var seed in new[] { "1", "2" })
            Cli.Expect(
                0,
                _folder.Path,
                Small(
                    data, _folder[$"<run> {seed}"], "--seed", seed, "--set", "data.train_images=600", "--set", "data.holdout=0.1",
                    "--set", "evaluate.linear.max_iterations=20"))
                .Dispose();
        await using (var browser = await Browser.Open(Path.Combine(_folder["<run> 1"], "report.html")))
        {
            await Healthy(browser);
            Assert.Equal("<run> 1", await browser.Page.Locator("h1").TextContentAsync());
            await Hover(browser);
        }

        using var compared = Cli.Expect(0, _folder.Path, "compare", _folder["<run> 1"], _folder["<run> 2"], "--html", _folder["both.html"]);
        Assert.Contains("exit 4 linear", compared.Out, StringComparison.Ordinal);
        await using var both = await Browser.Open(_folder["both.html"]);
        await Healthy(both);
        Assert.Equal(["<run> 1", "<run> 2"], await both.Page.Locator("#figures thead th").AllTextContentsAsync());
        Assert.Equal(["seed", "1", "2"], await both.Page.Locator("#options tbody tr").First.Locator("th, td").AllTextContentsAsync());
    }

    [Fact]
    public void Should_Show_What_Is_There_Of_A_Run_That_Stopped_Early_And_Whose_Images_Are_Gone()
    {
        var images = Path.Combine(_folder.Path, "pictures");
        PictureFolder.Make(images, images: 60, side: 32);
        Cli.Expect(0, _folder.Path, ["pretrain", _folder["run"], .. Small(images, _folder["run"])[4..], images]).Dispose();
        Cli.Expect(0, _folder.Path, "report", _folder["run"]).Dispose();
        Assert.Contains("Pre-training", Page(_folder["run"]), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"results\"", Page(_folder["run"]), StringComparison.Ordinal);

        Directory.Delete(images, recursive: true);
        using var again = Cli.Expect(0, _folder.Path, "report", _folder["run"], "--json");
        using var json = JsonDocument.Parse(again.Out);
        Assert.Contains("pictures", json.RootElement.GetProperty("gaps")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("Left out: pictures and classes", Page(_folder["run"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Say_What_Is_Damaged_And_Show_The_Rest()
    {
        var run = _folder["run"];
        Cli.Expect(0, _folder.Path, SmallRun.Arguments(run)).Dispose();
        foreach (var name in new[] { "clusters.safetensors", "predictions.npy", "features.npy" })
            File.WriteAllBytes(Path.Combine(run, name), File.ReadAllBytes(Path.Combine(run, name))[..200]);
        Directory.CreateDirectory(Path.Combine(run, "model"));
        File.WriteAllText(Path.Combine(run, "model", "model.json"), "{");
        using var again = Cli.Expect(0, _folder.Path, "report", run);
        foreach (var what in new[] { "clusters", "answers of the exits", "features", "the exported model" })
            Assert.Contains($"Left out: {what}. ", again.Error, StringComparison.Ordinal);
        Assert.Contains("exit 4", Page(run), StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"map\"", Page(run), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "no/run/here", "report", "no/run/here")]
    [InlineData(2, "--map-points 9999", "report", "x", "--map-points", "9999")]
    [InlineData(2, "--pictures -1", "report", "x", "--pictures", "-1")]
    public void Should_Say_In_One_Line_What_Is_Wrong(int status, string mentions, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        Assert.Contains(mentions, Assert.Single(cli.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static string[] Small(string data, string @out, params string[] more) =>
    [
        "run", data, "--out", @out, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--set", "pretrain.epochs=2",
        "--set", "pretrain.batch_size=16",
        "--set", "distill.epochs=2", "--set", "distill.batch_size=16", .. more,
    ];

    private static string Page(string run) => File.ReadAllText(Path.Combine(run, "report.html"));

    /// <summary>
    /// No complaint on the console, no request but for the page itself, charts drawn, no serious finding of axe, on the screen and before
    /// printing.
    /// </summary>
    private static async Task Healthy(Browser browser)
    {
        var page = browser.Page;
        var path = new Uri(page.Url).LocalPath;
        Assert.InRange(new FileInfo(path).Length, 1_000_000, MostBytes);
        var charts = await page.Locator(".plot").CountAsync();
        Assert.True(charts > 0);
        Assert.Equal(charts, await page.Locator(".plot :is(svg, canvas)").CountAsync());
        await page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Equal(await page.Locator(".plot svg").CountAsync(), await page.Locator(".plot svg[viewBox]").CountAsync());
        await page.EvaluateAsync("dispatchEvent(new Event('afterprint'))");
        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, url => Assert.True(url == page.Url || url.StartsWith("data:", StringComparison.Ordinal), url));
        var findings = (await page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical");
        Assert.Empty(findings.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"));
    }

    /// <summary>Pointing at a picture of the map shows it, under its own name, in every layout and colouring.</summary>
    private static async Task Hover(Browser browser)
    {
        var page = browser.Page;
        var plot = page.Locator("#map .plot");
        await plot.ScrollIntoViewIfNeededAsync();
        var names = await page.EvaluateAsync<string[]>("JSON.parse(document.querySelector('#map script').textContent).names");
        foreach (var input in await page.Locator("#map input").AllAsync())
        {
            await input.CheckAsync();
            await plot.ScrollIntoViewIfNeededAsync();
            var at = await page.EvaluateAsync<double[]>("""
                () => {
                  const place = document.querySelector('#map .plot');
                  const chart = echarts.getInstanceByDom(place);
                  const point = chart.getOption().series.at(-1).data.at(-1);
                  const [x, y] = chart.convertToPixel({ seriesIndex: chart.getOption().series.length - 1 }, point);
                  const box = place.getBoundingClientRect();
                  return [box.left + x, box.top + y];
                }
                """);
            await page.Mouse.MoveAsync((float)at[0] - 3, (float)at[1]);
            await page.Mouse.MoveAsync((float)at[0], (float)at[1]);
            await page.Locator(".tip .thumb").WaitForAsync();
            Assert.Contains(await page.Locator(".tip b").TextContentAsync(), names);
            await page.Mouse.MoveAsync(0, 0);
        }
    }
}
