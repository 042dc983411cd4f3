using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Autodidact.RunReports;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact report RUN</c>: the page that shows a run.</summary>
internal static class ReportCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command(
            "report",
            "Write RUN/report.html: one self-contained page with results, curves, the clusters' pictures and a map of the features.");
        var run = new Argument<string?>("RUN") { Description = "run directory, finished or not", Arity = ArgumentArity.ExactlyOne };
        RequestFlags.RefuseOptions(run);
        var defaults = new RunReportOptions();
        var points = Number(
            "--map-points",
            $"most images on the map of features, 0 to {RunReport.LargestMap}; t-SNE's time grows with the square",
            defaults.MapPoints,
            RunReport.LargestMap);
        var pictures = Number(
            "--pictures", $"most pictures on the contact sheets, 0 to {RunReport.MostPictures}", defaults.Pictures, RunReport.MostPictures);
        var json = new Option<bool>("--json") { Description = "print the page's path, size and gaps as JSON" };
        foreach (var option in new Option[] { points, pictures, json }) command.Add(option);
        command.Add(run);
        command.SetAction(parsed =>
        {
            using var interruption = new Interruption(host.HandlesSignals, host.Error.WriteLine, "stopping");
            try
            {
                ThreadRoom.Require();
                var written = RunReport.Write(
                    parsed.GetValue(run)!,
                    new RunReportOptions { MapPoints = parsed.GetValue(points), Pictures = parsed.GetValue(pictures) },
                    interruption.Token);
                CliHost.Print($"{written.Path} is written", () => Print(host, written, parsed.GetValue(json)));
                return ExitStatus.Done;
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                host.Error.WriteLine("autodidact: interrupted; no report was written");
                return ExitStatus.Interrupted;
            }
        });
        return ExamplesHelp.With(command, "autodidact report runs/mine", "autodidact report runs/mine --map-points 5000 --pictures 800");
    }

    private static Option<int> Number(string name, string description, int value, int largest)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // A text that is no number is told by the rule of all options; asking for its value would throw.
            if (result.Tokens is [{ Value: var text }]
                && int.TryParse(text, CultureInfo.InvariantCulture, out var given)
                && (given < 0 || given > largest))
            {
                result.AddError($"{name} {given}: choose 0 to {largest}");
            }
        });
        return option;
    }

    private static void Print(CliHost host, WrittenReport written, bool json)
    {
        if (json)
        {
            host.WriteJson(new JsonObject
            {
                ["report"] = written.Path,
                ["bytes"] = written.Bytes,
                ["gaps"] = new JsonArray([.. written.Gaps.Select(g => JsonValue.Create(g))]),
            }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return;
        }

        foreach (var gap in written.Gaps) host.Error.WriteLine(gap);
        host.WriteLine(FormattableString.Invariant($"{written.Path} ({written.Bytes / 1e6:0.0} MB)"));
    }
}
