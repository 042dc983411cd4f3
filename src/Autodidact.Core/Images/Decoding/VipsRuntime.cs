using NetVips;

namespace Autodidact.Images;

/// <summary>Brings libvips up once, with the settings that suit many small images decoded side by side.</summary>
internal static class VipsRuntime
{
    private static readonly Lazy<Exception?> _failure = new(Start);

    // The delegate is called from native code: it must not be collected.
    private static readonly Log.LogDelegate _silence = static (_, _, _) => { };

    /// <summary>Throws if the native library could not be loaded.</summary>
    public static void EnsureStarted()
    {
        if (_failure.Value is { } failure)
            throw new AutodidactException(
                FailureKind.Environment,
                $"the image library libvips does not load ({OneLine.From(failure.Message)}): "
                    + "restore the packages for this platform and try again",
                failure);
    }

    private static Exception? Start()
    {
        try
        {
            if (!ModuleInitializer.VipsInitialized)
                return ModuleInitializer.Exception ?? new InvalidOperationException("libvips did not initialise");

            // Parallelism is over images: threads inside an image, and a cache of operations that never repeat, only cost.
            NetVips.NetVips.Concurrency = 1;
            Cache.Max = 0;
            Cache.MaxMem = 0;
            Cache.MaxFiles = 0;

            // Errors come as exceptions. The warnings of libvips would tear the progress display on stderr.
            Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning | Enums.LogLevelFlags.Info | Enums.LogLevelFlags.Message, _silence);
            return null;
        }
        catch (Exception e) when (
            e is TypeInitializationException or DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            return e;
        }
    }
}
