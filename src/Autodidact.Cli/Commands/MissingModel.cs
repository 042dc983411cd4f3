using Autodidact.Cli.Output;
using Autodidact.Configuration;
using Autodidact.Inference;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary>Exports a finished run that is asked to answer and has no model yet.</summary>
internal static class MissingModel
{
    /// <summary>Exports, if the folder is a finished run without a model; does nothing otherwise.</summary>
    /// <param name="host">Where the progress is shown.</param>
    /// <param name="folder">A model, a run, or something else, which loading will refuse.</param>
    /// <exception cref="AutodidactException">The run is not finished (kind Data), or exporting failed.</exception>
    public static void Export(CliHost host, string folder)
    {
        if (ModelManifest.Exists(folder) || !RunDirectory.Exists(folder)) return;
        using (var run = RunDirectory.Open(folder))
        {
            if (run.Record?.Stages.ContainsKey(EnumNames.Of(Stage.Evaluate)) != true)
            {
                throw new AutodidactException(
                    FailureKind.Data,
                    $"{folder}: the run is not finished, so it has no model: go on with autodidact run --out {RunSession.Quoted(folder)}");
            }
        }

        host.Error.WriteLine($"{folder} has no exported model yet: making it now, as autodidact export {RunSession.Quoted(folder)} does");
        using var view = host.View();
        using var interruption = new Interruption(host.HandlesSignals, view.Say, "stopping");
        RunSession.Work(host, new RunRequest { Out = folder }, Stage.Export, view, new UnwrittenFiles(), interruption.Token);
    }
}
