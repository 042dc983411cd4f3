using System.CommandLine;
using Autodidact.Cli.Rendering;
using Autodidact.Options;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact presets</c>: the presets, or every option of one of them.</summary>
internal static class PresetsCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("presets", "List the presets; with NAME, every option that --set takes, with its value there.");
        var name = new Argument<string?>("NAME") { Description = "a preset", Arity = ArgumentArity.ZeroOrOne };
        RequestFlags.RefuseOptions(name);
        command.Add(name);
        command.SetAction(parsed =>
        {
            foreach (var line in parsed.GetValue(name) is { } preset ? Options(Presets.Get(preset), host.Width) : All(host.Width)) host.WriteLine(line);
            return ExitStatus.Done;
        });
        return ExamplesHelp.With(command, "autodidact presets", "autodidact presets cpu-small");
    }

    private static IEnumerable<string> All(int width) => Columns.Lines(Presets.All.Select(preset => (preset.Name, preset.Description)), width);

    private static IEnumerable<string> Options(Preset preset, int width) => Columns.Lines(
        OptionBinder.Describe(preset.Options).Select(option =>
            ($"{option.Name}={option.Default}", $"{option.Description} ({option.Type}{(option.Range.Length == 0 ? "" : $", {option.Range}")})")),
        width);
}
