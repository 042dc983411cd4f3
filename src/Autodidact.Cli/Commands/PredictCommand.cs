using System.CommandLine;
using System.Globalization;
using Autodidact.Cli.Rendering;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Tables;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact predict MODEL IMAGE...</c>: clusters of images, with early exits.</summary>
internal static class PredictCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command(
            "predict", "Say which cluster images belong to. An image an exit is sure of takes nothing of the deeper stages.");
        var arguments = new ModelArguments();
        arguments.AddTo(command);
        var confidence = new Option<double?>("--confidence")
        {
            Description = "take the first answer of at least this confidence (0 to 1)",
            HelpName = "F",
        };
        var entropy = new Option<double?>("--entropy")
        {
            Description = "take the first answer of at most this entropy (0 to 1, of the largest possible)",
            HelpName = "F",
        };
        var exit = new Option<int?>("--exit") { Description = "always answer at this exit", HelpName = "N" };
        var budget = new Option<double?>("--mean-macs")
        {
            Description = "the best measured setting of at most this mean cost, in multiply-accumulates",
            HelpName = "N",
        };
        var format = ListFormatOption.Create();
        foreach (var option in new Option[] { confidence, entropy, exit, budget, format }) command.Add(option);
        command.SetAction(parsed =>
        {
            var policy = Policy(parsed.GetValue(confidence), parsed.GetValue(entropy), parsed.GetValue(exit), parsed.GetValue(budget));
            var images = arguments.Named(host, parsed);
            using var model = arguments.Load(host, parsed);
            return Run(host, model, images, policy, parsed.GetValue(format)).GetAwaiter().GetResult();
        });
        return ExamplesHelp.With(
            command,
            "autodidact predict runs/mine cat.jpg dog.png",
            "autodidact predict runs/mine/model pictures/ --format csv > clusters.csv",
            "find . -name '*.jpg' | autodidact predict runs/mine - --confidence 0.8");
    }

    private static ExitPolicy Policy(double? confidence, double? entropy, int? exit, double? budget)
    {
        if (new object?[] { confidence, entropy, exit, budget }.Count(o => o is not null) > 1)
        {
            throw new AutodidactException(
                FailureKind.Usage, "--confidence, --entropy, --exit and --mean-macs exclude each other: choose one");
        }

        try
        {
            return confidence is { } c ? ExitPolicy.Confidence(c)
                : entropy is { } e ? ExitPolicy.Entropy(e)
                : exit is { } n ? ExitPolicy.Fixed(n)
                : budget is { } b ? ExitPolicy.Budget(b)
                : ExitPolicy.Default;
        }
        catch (ArgumentOutOfRangeException e)
        {
            var option = confidence is not null ? "--confidence" : entropy is not null ? "--entropy" : "--mean-macs";
            var line = FormattableString.Invariant($"{option} {e.ActualValue}: {e.Message.Split(" (Parameter")[0]}");
            throw new AutodidactException(FailureKind.Usage, line, e);
        }
    }

    private static async Task<int> Run(CliHost host, EarlyExitModel model, NamedImages images, ExitPolicy policy, ListFormat format)
    {
        using var interruption = new Interruption(host.HandlesSignals, host.Error.WriteLine, "stopping");
        var stop = interruption.Token;
        var unread = 0;
        try
        {
            if (format is ListFormat.Csv or ListFormat.Spreadsheet) host.WriteLine("file,cluster,name,confidence,exit,macs,problem");
            await foreach (var answer in model.PredictNamedAsync(images.Files(stop), policy, cancellationToken: stop))
            {
                host.WriteLine(Line(answer, format), format);
                if (answer.Problem is null) continue;
                unread++;
                images.TellUnread(answer.Path, answer.Problem);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            host.Error.WriteLine("autodidact: interrupted; every answer that is shown is whole, and others are missing");
            return ExitStatus.Interrupted;
        }

        return images.Status(unread);
    }

    private static string Line(FilePrediction answer, ListFormat format)
    {
        var prediction = answer.Prediction;
        switch (format)
        {
            case ListFormat.Json:
                return JsonLine.Of(
                    new
                    {
                        file = answer.Path,
                        cluster = prediction?.Cluster,
                        name = prediction?.Name,
                        confidence = prediction?.Confidence,
                        exit = prediction?.Exit,
                        expected_agreement = prediction?.ExpectedAgreement,
                        macs = prediction?.Macs,
                        problem = answer.Problem,
                    });
            case ListFormat.Csv or ListFormat.Spreadsheet:
                string[] fields =
                [
                    answer.Path,
                    Invariant(prediction?.Cluster),
                    prediction?.Name ?? "",
                    Invariant(prediction?.Confidence),
                    Invariant(prediction?.Exit),
                    Invariant(prediction?.Macs),
                    answer.Problem ?? "",
                ];
                return format == ListFormat.Csv ? CsvFormat.Line(fields) : CsvFormat.SpreadsheetLine(fields);
            default:
                if (prediction is null) return $"{answer.Path}: {answer.Problem}";
                var confidence = FormattableString.Invariant($"{100 * prediction.Confidence:0.0} %");
                return $"{answer.Path}: {prediction.Name ?? $"cluster {prediction.Cluster}"}  {confidence}  exit {prediction.Exit}";
        }
    }

    private static string Invariant(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
