using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>The facts of a run that an exported model tells of.</summary>
/// <param name="Run">The stage.</param>
/// <param name="Data">The images.</param>
/// <param name="Summary">The run's results so far.</param>
internal sealed record ExportContext(StageRun Run, PackedData Data, Summary Summary)
{
    /// <summary>The run's options.</summary>
    public RunOptions Options => Run.Options;
}
