using Autodidact.Distillation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Plugins;
using Autodidact.Pretraining;

namespace Autodidact.Configuration;

/// <summary>Makes the options of a run of what somebody asked for.</summary>
internal static class RunResolution
{
    private const string EncoderArch = "pretrain.arch";

    extension(RunOptions)
    {
        /// <summary>The preset and the methods, then each value in its order, checked.</summary>
        /// <param name="request">What the user asked for.</param>
        /// <exception cref="AutodidactException">
        /// An unknown name, a value out of range, or values that contradict each other; kind Usage.
        /// </exception>
        public static RunOptions Resolve(RunRequest request)
        {
            Load(request.ValueOf("plugin"));
            var data = request.ValueOf("data.source") ?? new DataOptions().Source;
            var preset = request.ValueOf("preset") ?? (data == DataRequest.BuiltIn ? Presets.Demonstration : Presets.Default);
            var options = Start(preset, request.ValueOf("pretrain.method"), request.ValueOf("distill.method"));
            var asked = request.Set.Select(OptionAssignment.Parse).ToList();
            foreach (var (name, value) in asked) options = OptionBinder.Set(options, name, value);
            return Checked(options, [.. asked.Select(one => one.Name)]);
        }
    }

    /// <summary>Loads the methods that the options may name.</summary>
    private static void Load(string? plugin)
    {
        if (plugin is not null && !NullTextAttribute.IsNull(plugin)) MethodPlugin.Load(plugin);
    }

    /// <summary>The options of a preset with methods, where the one or the other is named.</summary>
    private static RunOptions Start(string preset, string? pretrainMethod, string? distillMethod)
    {
        var options = Presets.Get(preset, pretrainMethod);
        if (distillMethod is null) return options;
        var method = DistillMethods.Get(distillMethod);
        return options with
        {
            Distill = options.Distill with
            {
                Method = distillMethod,
                Methods = options.Distill.Methods.With(method.Loss ?? new SelfDistillationOptions()),
                Branch = method.Branch ?? options.Distill.Branch,
                Attention = method.Attention ?? options.Distill.Attention,
            },
        };
    }

    private static RunOptions Checked(RunOptions options, IReadOnlyCollection<string> asked)
    {
        // One spelling each, since they are compared.
        options = options with
        {
            Pretrain = options.Pretrain with { Arch = Canonical(options.Pretrain.Arch) },
            Distill = options.Distill with { Arch = options.Distill.Arch is { } student ? Canonical(student) : null },
        };
        options = options with { Pretrain = options.Pretrain with { Arch = ArchOfEncoder(options.Pretrain, asked.Contains(EncoderArch)) } };
        options.Check(asked);
        return options;
    }

    /// <summary>The architecture of the encoder: an encoder file says what it holds.</summary>
    private static string ArchOfEncoder(PretrainOptions options, bool asked)
    {
        if (options is not { EncoderKind: EncoderKind.Network, Encoder: { } file } || !File.Exists(file)) return options.Arch;
        var description = EncoderFile.Describe(file);
        var architecture = description.Architecture.ToString();
        if (!asked || options.Arch == architecture) return architecture;

        // Where a stem had to be guessed, the user knows better; a wrong name shows when the weights are read.
        return !description.Certain
            ? options.Arch
            : throw new AutodidactException(
                FailureKind.Usage,
                $"{EncoderArch}={options.Arch}: {file} holds a {architecture}: leave the option out (--encoder-arch), "
                    + "or name another file");
    }

    private static string Canonical(string architecture) => Architecture.Parse(architecture).ToString();
}
