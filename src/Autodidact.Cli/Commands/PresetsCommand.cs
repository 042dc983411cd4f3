using System.CommandLine;
using Autodidact.Cli.Rendering;
using Autodidact.Configuration;
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
        var method = new Option<string?>("--pretrain-method") { Description = "show the preset as this pre-training method changes it" };
        command.Add(name);
        command.Add(method);
        command.Validators.Add(result =>
        {
            if (result.GetValue(method) is null || result.GetValue(name) is not null) return;
            result.AddError("--pretrain-method: name the preset too, such as presets cpu-small --pretrain-method byol");
        });
        command.SetAction(parsed =>
        {
            var lines =
                parsed.GetValue(name) is { } preset ? Options(Presets.Get(preset, parsed.GetValue(method)), host.Width) : All(host.Width);
            foreach (var line in lines) host.WriteLine(line);
            return ExitStatus.Done;
        });
        return ExamplesHelp.With(
            command, "autodidact presets", "autodidact presets cpu-small", "autodidact presets cpu-small --pretrain-method byol");
    }

    private static IEnumerable<string> All(int width) =>
        Columns.Lines(Presets.All.Select(preset => (preset.Name, preset.Description)), width);

    private static IEnumerable<string> Options(RunOptions options, int width) => Columns.Lines(
        OptionBinder.Describe(options).Select(option =>
            ($"{option.Name}={option.Default}", $"{option.Description} ({string.Join(", ", Takes(option))})")),
        width);

    private static IEnumerable<string> Takes(OptionDescription option)
    {
        yield return option.Type;
        if (option.Range.Length > 0) yield return option.Range;
        if (option.Flags.Length > 0) yield return option.Flags;
    }
}
