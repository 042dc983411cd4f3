using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Autodidact.Cli.Rendering;
using Autodidact.Cli.Startup;
using Autodidact.Native;
using Autodidact.Options;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact doctor</c>: what this machine offers and what it lacks.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command(
            "doctor", "Report what decides whether training runs here: platform, native libraries, threads, memory, disk, GPU.");
        var json = new Option<bool>("--json") { Description = "print the facts as JSON" };
        command.Add(json);
        command.SetAction(parsed => Show(host, Collect(), parsed.GetValue(json)));
        return ExamplesHelp.With(command, "autodidact doctor        exit status 5 if training cannot run here");
    }

    /// <summary>Prints the facts; those that need attention say so.</summary>
    public static int Show(CliHost host, DoctorReport report, bool json)
    {
        if (json) host.WriteJson(JsonSerializer.Serialize(report, OptionJson.SerializerOptions));
        else
        {
            foreach (var line in Columns.Lines(report.Rows.Select(row => (row.Name, Mark(row.Status) + row.Value)), host.Width))
                host.WriteLine(line);
        }
        if (report.Healthy) return ExitStatus.Done;
        host.Error.WriteLine(
            "autodidact: training cannot run here: "
            + $"see {string.Join(", ", report.Rows.Where(row => row.Status == DoctorStatus.Fail).Select(row => row.Name))}");
        return ExitStatus.Environment;
    }

    /// <summary>The limits of the system, against which <see cref="LimitCheck"/> compares.</summary>
    internal static DoctorRow LimitsRow(long? openFiles, long? addressSpace)
    {
        const string Name = "limits";
        var files = openFiles?.ToString(CultureInfo.InvariantCulture) ?? "any number of";
        var space = addressSpace is { } bytes ? FormattableString.Invariant($"{bytes / (double)(1L << 30):0.0} GB") : "without limit";
        var training = ResourceLimits.AddressSpaceProblem(addressSpace, ResourceLimits.Training, "training");
        return (ResourceLimits.OpenFilesProblem(openFiles) ?? training) is { } problem
            ? new(Name, problem, DoctorStatus.Fail)
            : new(Name, $"{files} open files, address space {space}", DoctorStatus.Ok);
    }

    private static DoctorReport Collect() =>
        new([.. Doctor.Collect().Rows, LimitsRow(ResourceLimits.OpenFiles, ResourceLimits.AddressSpace)]);

    private static string Mark(DoctorStatus status) => status switch
    {
        DoctorStatus.Ok => "",
        DoctorStatus.Warn => "WARNING: ",
        DoctorStatus.Fail => "FAILED: ",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "no mark for this status is known"),
    };
}
