using System.CommandLine;
using System.Text.Json;
using Autodidact.Cli.Rendering;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Planning;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact plan</c>: what a run would take, before it is started.</summary>
internal static class PlanCommand
{
    private const string Processor = "cpu";

    public static Command Create(CliHost host)
    {
        var command = new Command(
            "plan",
            "Predict time, memory, disk and traffic of a run, from a minute of measurements: here, on more machines, or on GPUs.");
        var flags = new RequestFlags(command, showsDefaults: true).Add(RunFlags.ByKey.Values.Where(flag => flag.Option != "device"));
        var device = new Option<string>("--device")
        {
            Description = $"{Processor}, or a GPU with a published figure ({string.Join(", ", PublishedGpu.All.Select(gpu => gpu.Name))}), "
                + $"or your own figure for a ResNet-50 at 224 px (3000img/s) [default: {Processor}]",
            HelpName = "NAME",
            DefaultValueFactory = _ => Processor,
        };
        var ranks = Number("--ranks", "cores of machines like this one that train together, or GPUs");
        var network = new Option<string>("--network")
        {
            Description = $"what connects the machines ({NetworkSpeed.Form}) [default: 10gbit]",
            HelpName = "SPEED",
            DefaultValueFactory = _ => "10gbit",
        };
        var images = Number("--images", "training images to plan for, of the kind that DATA holds");
        var evaluation = Number("--evaluation-images", "evaluation images to plan for");
        var json = new Option<bool>("--json") { Description = "print the plan as JSON" };
        foreach (var option in new Option[] { device, ranks, network, images, evaluation, json }) command.Add(option);
        command.SetAction(parsed =>
        {
            var place = parsed.GetValue(device)!;
            var question = new PlanQuestion
            {
                Ranks = parsed.GetValue(ranks),
                Network = NetworkSpeed.Parse(parsed.GetValue(network)!),
                Gpu = place is Processor or "auto" ? null : PublishedGpu.Parse(place),
                TrainImages = parsed.GetValue(images),
                EvaluationImages = parsed.GetValue(evaluation),
            };
            return Show(host, flags.Read(parsed, directory: null), question, parsed.GetValue(json));
        });
        return ExamplesHelp.With(
            command,
            "autodidact plan                                                     the built-in set",
            "autodidact plan cifar10.zip --budget 60m                            an hour here: which steps it buys",
            "autodidact plan photos/ --preset imagenet-resnet50 --device a100 --ranks 8",
            "autodidact plan photos/ --preset imagenet-resnet50 --ranks 128 --network 1gbit --images 1281167");
    }

    private static int Show(CliHost host, RunRequest request, PlanQuestion question, bool json)
    {
        using var view = host.View();
        using var interruption = new Interruption(host.HandlesSignals, view.Say);
        RunPlan plan;
        try
        {
            plan = RunPlanner.Make(request, question, view.Say, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            host.Error.WriteLine("autodidact: interrupted; nothing is kept of a plan");
            return ExitStatus.Interrupted;
        }

        if (json) host.WriteJson(JsonSerializer.Serialize(plan, OptionJson.SerializerOptions));
        else foreach (var line in PlanTable.Render(plan, host.Width)) host.WriteLine(line);
        return ExitStatus.Done;
    }

    private static Option<int> Number(string name, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var number) && number > 0))
                result.AddError($"{name}: expected a whole number above 0; got '{text}'");
        });
        return option;
    }
}
