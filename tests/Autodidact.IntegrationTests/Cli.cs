using Autodidact.Processes;

namespace Autodidact.IntegrationTests;

/// <summary>The command as a process of its own, as a user starts it.</summary>
internal static class Cli
{
    public static ChildProcess Start(string folder, params IEnumerable<string> arguments) =>
        ChildProcess.Start("dotnet", folder, [Program, .. arguments]);

    /// <summary>Runs to the end.</summary>
    public static ChildProcess Run(string folder, params IEnumerable<string> arguments) =>
        ChildProcess.Run("dotnet", folder, [Program, .. arguments]);

    /// <summary>Runs to the end and fails, showing everything it said, if it ends otherwise than wanted.</summary>
    public static ChildProcess Expect(int status, string folder, params IEnumerable<string> arguments) => ChildProcess.Expect(
        status, "dotnet", folder, [Program, .. arguments]);

    /// <summary>The program that <c>dotnet</c> starts.</summary>
    public static string Program => ProgramProcess.Autodidact;
}
