using System.Reflection;
using Autodidact.Distillation;
using Autodidact.Files;
using Autodidact.Pretraining;

namespace Autodidact.Plugins;

/// <summary>
/// An assembly with methods of a user's own. It is loaded where an option names it, once, and its methods are registered.
/// </summary>
internal sealed class MethodPlugin
{
    private const string Option = "plugin";

    /// <summary>.NET loads no larger assembly.</summary>
    private const long LargestFile = int.MaxValue;

    private static readonly Lock Loading = new();
    private static readonly Dictionary<string, MethodPlugin> Loaded = [];

    private MethodPlugin(string file, IReadOnlyList<string> methods) => (File, Methods) = (file, methods);

    /// <summary>The assembly, as a full path.</summary>
    public string File { get; }

    /// <summary>Names of its methods.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The notice to the user: code from outside the program takes part.</summary>
    public string Notice => $"methods of {File}: {string.Join(", ", Methods)}";

    /// <summary>Loads an assembly and registers its methods, where that was not done before.</summary>
    /// <param name="file">The assembly.</param>
    /// <exception cref="AutodidactException">
    /// There is no such file (kind Data), it is no such assembly, or a method cannot be registered (kind Usage).
    /// </exception>
    public static MethodPlugin Load(string file)
    {
        if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal))
            throw new AutodidactException(FailureKind.Usage, $"{Option}: expected the path of an assembly; got '{file}'");
        var full = Path.GetFullPath(file);
        lock (Loading)
        {
            if (Loaded.TryGetValue(full, out var known)) return known;
            if (!System.IO.File.Exists(full))
            {
                throw new AutodidactException(
                    FailureKind.Data, $"{Option}: {full}: no such file: build the assembly first, or correct the path");
            }
            Require(full);
            var plugin = Register(full);
            Loaded.Add(full, plugin);
            return plugin;
        }
    }

    private static void Require(string file)
    {
        try
        {
            RegularFile.Require(file, LargestFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{Option}: {file}: cannot be read ({FirstLine(e)}): name the .dll that was built", e);
        }
    }

    private static MethodPlugin Register(string file)
    {
        try
        {
            var libraries = Libraries(file);
            var pretraining = libraries.SelectMany(library => library.Pretraining).ToList();
            var distillation = libraries.SelectMany(library => library.Distillation).ToList();
            foreach (var method in pretraining) PretrainMethods.Register(method);
            foreach (var method in distillation) DistillMethods.Register(method);
            string[] names = [.. pretraining.Select(method => method.Name), .. distillation.Select(method => method.Name)];
            return names.Length > 0
                ? new MethodPlugin(file, names)
                : throw Refused(file, "its libraries hold no methods: let them name some");
        }
        catch (AutodidactException e)
        {
            throw e.Message.StartsWith(Option, StringComparison.Ordinal) ? e : Refused(file, e.Message, e);
        }
        catch (BadImageFormatException e)
        {
            throw Refused(file, "it is no .NET assembly: name the .dll that was built", e);
        }
        catch (Exception e) when (e is TypeLoadException or MissingMemberException or FileNotFoundException or FileLoadException)
        {
            throw Refused(file, $"it does not fit this version of Autodidact ({FirstLine(e)}): build it against this version", e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever code of the user's own throws: its fault, and its words.
            var cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw Refused(file, $"its methods cannot be read ({FirstLine(cause)}): correct the library", e);
        }
    }

    private static IReadOnlyList<IMethodLibrary> Libraries(string file)
    {
        var types = new PluginContext(file).LoadFromAssemblyPath(file).GetExportedTypes()
            .Where(type =>
                type is { IsAbstract: false, IsInterface: false }
                    && typeof(IMethodLibrary).IsAssignableFrom(type)
                    && type.GetConstructor([]) is not null)
            .ToList();
        return types.Count > 0
            ? [.. types.Select(type => (IMethodLibrary)Activator.CreateInstance(type)!)]
            : throw Refused(file, $"it has no public class with {nameof(IMethodLibrary)} and a constructor without arguments: add one");
    }

    private static AutodidactException Refused(string file, string why, Exception? cause = null) =>
        cause is null ? new(FailureKind.Usage, $"{Option}: {file}: {why}") : new(FailureKind.Usage, $"{Option}: {file}: {why}", cause);

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
