using Microsoft.Playwright;

namespace Autodidact.IntegrationTests;

/// <summary>A page opened in the system's Chromium, with everything it complained about or asked for.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings on the console.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses the page asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Opens a file, or ends the test as skipped where there is no Chromium.</summary>
    public static async Task<Browser> Open(string file, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var program = Array.Find(Places, File.Exists);
        Assert.SkipWhen(program is null, "there is no Chromium: apt-get install chromium");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var opened = new Browser(playwright, browser, page);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
