using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Autodidact.Options;

namespace Autodidact.Runs;

/// <summary>The content of <c>run.json</c>: everything needed to repeat a run, and the stages that it has finished.</summary>
internal sealed record RunRecord
{
    /// <summary>The layout this version writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Most steps of a stage: names of checkpoints hold nine digits.</summary>
    public const long MostSteps = 999_999_999;

    /// <summary>Thirty years, which no run takes.</summary>
    private const double MostSeconds = 1e9;

    /// <summary>Version of the file's layout.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The options, resolved: preset, flags and <c>--set</c> applied.</summary>
    [JsonRequired]
    public JsonObject Options { get; init; } = [];

    /// <summary>The request as it was made, so that a stage can be repeated by naming the directory alone.</summary>
    [JsonRequired]
    public JsonObject Request { get; init; } = [];

    /// <summary>Seed of everything random.</summary>
    [JsonRequired]
    public ulong Seed { get; init; }

    /// <summary>When the run was started.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Commit the program was built from; null where unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>Versions by name: <c>autodidact</c>, <c>dotnet</c>, <c>torchsharp</c>, <c>libtorch</c>.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>The machine; null until known.</summary>
    public HardwareRecord? Hardware { get; init; }

    /// <summary>The data by role: <c>pretrain</c>, <c>train</c>, <c>eval</c>.</summary>
    [JsonRequired]
    public IReadOnlyDictionary<string, DataRecord> Data { get; init; } = new Dictionary<string, DataRecord>();

    /// <summary>
    /// Whether a part of the target images was set aside for evaluation; null before they were packed. A run that was divided stays so.
    /// </summary>
    public bool? SetAside { get; init; }

    /// <summary>
    /// Content of the encoder file that stood in for pre-training (SHA-256), which the run has its own copy of; null where the run trained
    /// its own.
    /// </summary>
    public string? EncoderDigest { get; init; }

    /// <summary>Content of the student of another run that taught this run's (SHA-256); null where none did.</summary>
    public string? TeacherDigest { get; init; }

    /// <summary>Number of steps of each stage, fixed once a budget was measured; from there on the run is reproducible.</summary>
    [JsonRequired]
    public IReadOnlyDictionary<string, long> Steps { get; init; } = new Dictionary<string, long>();

    /// <summary>
    /// The share of the budget that each stage got when its steps were fixed. A stage of a set number of epochs, or taken from another run,
    /// has no plan. A finished stage has none any more: its steps stay, however fast a repetition runs.
    /// </summary>
    public IReadOnlyDictionary<string, StagePlan> Plans { get; init; } = new Dictionary<string, StagePlan>();

    /// <summary>
    /// Seconds that were predicted for a stage before it began, by name; null where nothing was predicted, as for runs of seconds.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Forecast { get; init; }

    /// <summary>Wall-clock seconds spent on each stage so far, all sessions together; packing and timing count as <c>prepare</c>.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// XXH128 of <c>summary.json</c>, after that of the text it takes the place of: a process may be killed between this record and that
    /// file. Null where an earlier version wrote it. <see cref="RunDirectory.WriteSummary"/> keeps it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? SummaryChecksums { get; init; }

    /// <summary>Finished stages by name.</summary>
    [JsonRequired]
    public IReadOnlyDictionary<string, StageRecord> Stages { get; init; } = new Dictionary<string, StageRecord>();

    /// <summary>The options as their record type.</summary>
    /// <typeparam name="T">The option record.</typeparam>
    /// <exception cref="AutodidactException">The file holds options this version does not have.</exception>
    public T GetOptions<T>()
        where T : notnull => OptionJson.FromJson<T>(Options, "run.json, options");

    /// <summary>The request as its record type.</summary>
    /// <typeparam name="T">The request record.</typeparam>
    /// <exception cref="AutodidactException">The file holds a request this version does not have.</exception>
    public T GetRequest<T>()
        where T : notnull => OptionJson.FromJson<T>(Request, "run.json, request");

    /// <summary>This record with a stage's number of steps fixed.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="steps">Its number of steps.</param>
    public RunRecord WithSteps(string stage, long steps) => this with { Steps = new Dictionary<string, long>(Steps) { [stage] = steps } };

    /// <summary>This record with a stage's number of steps fixed by what the budget gave it.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="steps">Its number of steps.</param>
    /// <param name="plan">What the number comes from.</param>
    public RunRecord WithPlan(string stage, long steps, StagePlan plan) =>
        WithSteps(stage, steps) with { Plans = new Dictionary<string, StagePlan>(Plans) { [stage] = plan } };

    /// <summary>This record with more time spent on a stage.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="seconds">Seconds to add.</param>
    public RunRecord WithTime(string stage, double seconds) =>
        this with { Seconds = new Dictionary<string, double>(Seconds) { [stage] = Seconds.GetValueOrDefault(stage) + seconds } };

    /// <summary>This record with a stage about to be done anew: it is not finished, and has taken no time.</summary>
    /// <param name="stage">Name of the stage.</param>
    public RunRecord Without(string stage) => this with
    {
        Stages = Stages.Where(s => s.Key != stage).ToDictionary(),
        Seconds = Seconds.Where(s => s.Key != stage).ToDictionary(),
    };

    /// <summary>This record with a stage finished, and its number of steps settled.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="record">What it finished with.</param>
    public RunRecord WithStage(string stage, StageRecord record) =>
        WithoutPlan(stage) with { Stages = new Dictionary<string, StageRecord>(Stages) { [stage] = record } };

    /// <summary>This record without what the budget gave a stage; its steps stay.</summary>
    /// <param name="stage">Name of the stage.</param>
    public RunRecord WithoutPlan(string stage) => this with { Plans = Plans.Where(p => p.Key != stage).ToDictionary() };

    /// <summary>The first value that no run can have, with its place; null where there is none.</summary>
    internal string? Problem()
    {
        if (Steps.FirstOrDefault(s => s.Value is < 0 or > MostSteps) is { Key: { } steps })
            return FormattableString.Invariant($"steps.{steps}: {Steps[steps]} steps, 0 to {MostSteps} are possible");
        var durations = Seconds.Select(s => ($"seconds.{s.Key}", s.Value))
            .Concat(Plans.SelectMany(p => new[]
            {
                ($"plans.{p.Key}.seconds", p.Value.Seconds), ($"plans.{p.Key}.seconds_per_step", p.Value.SecondsPerStep),
            }))
            .Concat((Forecast ?? new Dictionary<string, double>()).Select(f => ($"forecast.{f.Key}", f.Value)))
            .Concat(Stages.Select(s => ($"stages.{s.Key}.seconds", s.Value.Seconds)));
        if (durations.FirstOrDefault(d => d.Item2 is not (>= 0 and <= MostSeconds)) is ({ } duration, var seconds))
            return FormattableString.Invariant($"{duration}: no stage takes {seconds} seconds");

        // What a stage left is copied by these names into other runs: no name may lead out of the directory.
        return Stages.SelectMany(s => s.Value.Outputs.Select(o => (Stage: s.Key, Output: o)))
            .FirstOrDefault(o => o.Output.Value < 0 || !IsInside(o.Output.Key)) is { Output.Key: { } } bad
                ? $"stages.{bad.Stage}.outputs: '{OneLine.From(bad.Output.Key)}' of {bad.Output.Value} bytes is no file of the run's"
                : null;
    }

    private static bool IsInside(string name) => name.Length > 0
        && !name.Any(c => char.IsControl(c) || c == ':')
        && name.Split('/', '\\').All(part => part.Length > 0 && part is not ("." or ".."));
}

/// <summary>The share of a budget that a stage got.</summary>
/// <param name="Seconds">Its share in wall-clock seconds, monitors and checkpoints included.</param>
/// <param name="SecondsPerStep">Seconds a step took when it was timed, without them.</param>
internal sealed record StagePlan(double Seconds, double SecondsPerStep);

/// <summary>The machine a run was made on.</summary>
/// <param name="Processor">Name of the processor.</param>
/// <param name="Threads">Cores that training used.</param>
/// <param name="MemoryMb">Memory of the machine, in MB.</param>
/// <param name="Device">What training ran on: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Platform">Operating system and architecture.</param>
/// <param name="Ranks">
/// Ranks that training was divided among, with a thread of arithmetic each; null for one rank, with that many threads of libtorch.
/// </param>
internal sealed record HardwareRecord(
    string Processor, int Threads, long MemoryMb, string Device, string Platform, int? Ranks = null)
{
    /// <summary>The device as the end of a line about the machine; nothing for the processor, of which the line tells anyway.</summary>
    [JsonIgnore]
    public string Beside => Device == "cpu" ? "" : $", {Device}";
}

/// <summary>One data set of a run.</summary>
/// <param name="Source">What was named: a path or <c>synthetic</c>.</param>
/// <param name="Fingerprint">Fingerprint of the packed content.</param>
/// <param name="Pack">Where the pack lies.</param>
/// <param name="Images">Number of images in it.</param>
internal sealed record DataRecord(string Source, string Fingerprint, string Pack, long Images);

/// <summary>A finished stage.</summary>
/// <param name="Inputs">Fingerprint of everything the stage depends on (see <see cref="StageFingerprint"/>).</param>
/// <param name="Completed">When it finished.</param>
/// <param name="Seconds">Wall-clock seconds it took, over all its sessions.</param>
/// <param name="Outputs">Size in bytes of each file it left, by path relative to the run directory.</param>
internal sealed record StageRecord(string Inputs, DateTimeOffset Completed, double Seconds, IReadOnlyDictionary<string, long> Outputs)
{
    /// <summary>
    /// XXH128 of each file it left, by path relative to the run directory, in hexadecimal; null where an earlier version finished the
    /// stage.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Checksums { get; init; }

    /// <summary>The run that computed the stage, where it was taken from another; null where it was computed here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }
}
