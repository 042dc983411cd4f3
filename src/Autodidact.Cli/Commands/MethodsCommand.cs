using System.CommandLine;
using Autodidact.Cli.Rendering;
using Autodidact.Distillation;
using Autodidact.Plugins;
using Autodidact.Pretraining;
using Autodidact.RunReports;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact methods</c>: the methods there are.</summary>
internal static class MethodsCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("methods", "List the pre-training and distillation methods.");
        var plugin = new Option<string?>("--plugin")
        {
            Description = "list the methods of an assembly too, which is loaded for it",
            HelpName = "FILE.dll",
        };
        command.Add(plugin);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(plugin) is { } file) MethodPlugin.Load(file);
            Show(
                host,
                "pre-training (--pretrain-method)",
                PretrainMethods.All.Select(method => (method.Name, Marked(method.UsesLabels, method.Description))));
            host.WriteLine("");
            Show(
                host,
                "distillation (--distill-method)",
                DistillMethods.All.Select(method => (method.Name, Marked(method.UsesLabels, method.Description))));
            return ExitStatus.Done;
        });
        return command;
    }

    private static string Marked(bool usesLabels, string description) => usesLabels ? $"{Figures.UsesLabels}, {description}" : description;

    private static void Show(CliHost host, string title, IEnumerable<(string Name, string Description)> methods)
    {
        host.WriteLine(title, highlight: true);
        foreach (var line in Columns.Lines(methods.Select(method => ("  " + method.Name, method.Description)), host.Width))
            host.WriteLine(line);
    }
}
