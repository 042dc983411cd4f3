using System.Runtime.InteropServices;
using System.Text;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// An MPI library, loaded by name: the calls that ranks need, and the constants of its family. All data travels as bytes, so that no
/// number type and no operation of the library takes part.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>The environment variable that names the library outright.</summary>
    public const string Variable = "MPI_LIBRARY";

    private const int VersionRoom = 8192;
    private const int ErrorRoom = 1024;

    private readonly nint _library;
    private readonly delegate* unmanaged<int, byte*, int*, int> _errorString;

    private MpiLibrary(nint library, string path)
    {
        (_library, Path) = (library, path);
        _errorString = (delegate* unmanaged<int, byte*, int*, int>)Symbol("MPI_Error_string");
        Version = ReadVersion();
        Family = Detect(NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _), OffersAbi(), Version)
            ?? throw Failure($"{path} is an MPI library of an unknown kind ({Version}); set {Variable} to Open MPI's or MPICH's libmpi");
        Handles = MpiHandles.Of(Family, Symbol);
        InitThread = (delegate* unmanaged<int*, byte***, int, int*, int>)Symbol("MPI_Init_thread");
        SetErrorHandler = (delegate* unmanaged<nint, nint, int>)Symbol("MPI_Comm_set_errhandler");
        Rank = (delegate* unmanaged<nint, int*, int>)Symbol("MPI_Comm_rank");
        Size = (delegate* unmanaged<nint, int*, int>)Symbol("MPI_Comm_size");
        Split = (delegate* unmanaged<nint, int, int, nint*, int>)Symbol("MPI_Comm_split");
        GatherAll = (delegate* unmanaged<nint, int, nint, void*, int*, int*, nint, nint, nint*, int>)Symbol("MPI_Iallgatherv");
        Exchange = (delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, nint*, int>)Symbol("MPI_Ialltoallv");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)Symbol("MPI_Ibcast");
        Barrier = (delegate* unmanaged<nint, nint*, int>)Symbol("MPI_Ibarrier");
        Test = (delegate* unmanaged<nint*, int*, nint, int>)Symbol("MPI_Test");
        Send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Symbol("MPI_Isend");
        Receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint, int>)Symbol("MPI_Recv");
        Probe = (delegate* unmanaged<int, int, nint, int*, nint, int>)Symbol("MPI_Iprobe");
        Abort = (delegate* unmanaged<nint, int, int>)Symbol("MPI_Abort");
        Finish = (delegate* unmanaged<int>)Symbol("MPI_Finalize");
    }

    /// <summary>The name under which it was loaded.</summary>
    public string Path { get; }

    /// <summary>Its name and version, one line.</summary>
    public string Version { get; }

    public MpiFamily Family { get; }

    public MpiHandles Handles { get; }

    /// <summary>Whether it is Open MPI, under its own or the common binary interface.</summary>
    public bool IsOpenMpi => Family == MpiFamily.OpenMpi || Version.StartsWith("Open MPI", StringComparison.Ordinal);

    /// <summary>Whether it is MPICH itself, and none that descends from it.</summary>
    public bool IsMpich => Version.StartsWith("MPICH", StringComparison.Ordinal);

    public delegate* unmanaged<int*, byte***, int, int*, int> InitThread { get; }

    public delegate* unmanaged<nint, nint, int> SetErrorHandler { get; }

    public delegate* unmanaged<nint, int*, int> Rank { get; }

    public delegate* unmanaged<nint, int*, int> Size { get; }

    public delegate* unmanaged<nint, int, int, nint*, int> Split { get; }

    public delegate* unmanaged<nint, int, nint, void*, int*, int*, nint, nint, nint*, int> GatherAll { get; }

    public delegate* unmanaged<void*, int*, int*, nint, void*, int*, int*, nint, nint, nint*, int> Exchange { get; }

    public delegate* unmanaged<void*, int, nint, int, nint, nint*, int> Broadcast { get; }

    public delegate* unmanaged<nint, nint*, int> Barrier { get; }

    public delegate* unmanaged<nint*, int*, nint, int> Test { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> Send { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, nint, int> Receive { get; }

    public delegate* unmanaged<int, int, nint, int*, nint, int> Probe { get; }

    public delegate* unmanaged<nint, int, int> Abort { get; }

    public delegate* unmanaged<int> Finish { get; }

    /// <summary>Loads the library that a variable names, else the first that is installed, the launcher's own kind first.</summary>
    /// <param name="named">The value of <see cref="Variable"/>.</param>
    /// <param name="launcher">The program that started the ranks.</param>
    /// <exception cref="AutodidactException">None can be loaded; the message says what to install.</exception>
    public static MpiLibrary Load(string? named, MpiLauncher launcher)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            throw Failure($"{launcher.Name} started {launcher.Size} processes; ranks are connected by MPI on Linux and macOS only");
        }
        if (!string.IsNullOrEmpty(named))
        {
            return Open(named, out string problem) is var own and not 0
                ? new(own, named)
                : throw Failure($"{Variable} names {named}, which does not load: {problem}");
        }
        return First(Names(launcher.Way, OperatingSystem.IsMacOS()), launcher);
    }

    /// <summary>The first library of some that is installed.</summary>
    internal static MpiLibrary First(IEnumerable<string> names, MpiLauncher launcher)
    {
        foreach (string name in names)
        {
            if (Open(name, out _) is var library and not 0) return new(library, name);
        }
        throw Failure(
            $"{launcher.Name} started {launcher.Size} processes, but no MPI library is found to connect them; install "
            + $"{Install(launcher.Kind)}, or set {Variable} to the path of libmpi");
    }

    /// <summary>The family of a library; null where it is none that is known.</summary>
    /// <param name="hasOpenMpiSymbols">Whether it has the symbols that Open MPI's constants are.</param>
    /// <param name="offersAbi">Whether it says that it offers the common binary interface.</param>
    /// <param name="version">Its name and version.</param>
    internal static MpiFamily? Detect(bool hasOpenMpiSymbols, bool offersAbi, string version)
    {
        if (offersAbi) return MpiFamily.Abi;
        if (hasOpenMpiSymbols) return MpiFamily.OpenMpi;
        string[] likeMpich = ["MPICH", "Intel(R) MPI", "MVAPICH"];
        return likeMpich.Any(name => version.Contains(name, StringComparison.Ordinal)) ? MpiFamily.Mpich : null;
    }

    /// <summary>Names to try, in order: those first that find the other ranks in the launcher's way.</summary>
    internal static IEnumerable<string> Names(MpiWay way, bool mac)
    {
        string[] openMpi = mac ? ["libmpi.40.dylib"] : ["libmpi.so.40"];
        string[] mpich = mac ? ["libmpi.12.dylib", "libmpich.12.dylib"] : ["libmpi.so.12", "libmpich.so.12"];
        string[] others = mac ? ["libmpi_abi.0.dylib", "libmpi.dylib"] : ["libmpi_abi.so.0", "libmpi.so"];
        return way == MpiWay.Pmi ? [.. mpich, .. openMpi, .. others] : [.. openMpi, .. mpich, .. others];
    }

    /// <summary>
    /// The name and version, without what follows. MPICH answers with its whole build, over many lines, and Open MPI with who built it.
    /// </summary>
    internal static string OneLine(string text)
    {
        var words = text.Split('\n')[0].Split(',')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Where(word => word != "Version:"));
    }

    /// <summary>Throws what an error code means, in one line.</summary>
    /// <param name="error">What a call returned.</param>
    /// <param name="call">The call, as <c>MPI_Ibcast</c>.</param>
    public void Check(int error, string call)
    {
        if (error != 0) throw Failure($"{call} failed: {Text(error)}");
    }

    private static string Install(MpiLauncherKind launcher) => launcher switch
    {
        MpiLauncherKind.OpenMpi => "Open MPI (Debian, Ubuntu: openmpi-bin)",
        MpiLauncherKind.Hydra => "MPICH (Debian, Ubuntu: mpich)",
        _ => "Open MPI or MPICH (Debian, Ubuntu: openmpi-bin or mpich)",
    };

    // Open MPI's parts look for its symbols among those that all can see, and .NET's own loading keeps them apart.
    private static nint Open(string name, out string problem)
    {
        nint program = NativeLibrary.GetMainProgramHandle();
        var open = (delegate* unmanaged<byte*, int, nint>)NativeLibrary.GetExport(program, "dlopen");
        var error = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(program, "dlerror");
        int nowAndGlobal = OperatingSystem.IsMacOS() ? 0xA : 0x102;
        nint library;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0')) library = open(text, nowAndGlobal);
        problem = "";
        if (library == 0) problem = Marshal.PtrToStringUTF8((nint)error()) ?? "no reason is given";
        return library;
    }

    private static AutodidactException Failure(string message) => new(FailureKind.Environment, message);

    private nint Symbol(string name) => NativeLibrary.TryGetExport(_library, name, out nint address)
        ? address
        : throw Failure($"{Path} lacks {name}; set {Variable} to a libmpi of MPI 3 or later");

    private string ReadVersion()
    {
        var read = (delegate* unmanaged<byte*, int*, int>)Symbol("MPI_Get_library_version");
        var text = stackalloc byte[VersionRoom];
        int length = 0;
        Check(read(text, &length), "MPI_Get_library_version");
        return OneLine(text, length);
    }

    private bool OffersAbi()
    {
        if (!NativeLibrary.TryGetExport(_library, "MPI_Abi_get_version", out nint address)) return false;
        int major = -1, minor = -1;
        return ((delegate* unmanaged<int*, int*, int>)address)(&major, &minor) == 0 && major >= 1;
    }

    private string Text(int error)
    {
        var text = stackalloc byte[ErrorRoom];
        int length = 0;
        if (_errorString(error, text, &length) != 0) return $"error {error}";
        return Encoding.UTF8.GetString(text, length).TrimEnd('\0').Split('\n')[0];
    }

    private static string OneLine(byte* text, int length) => OneLine(Encoding.UTF8.GetString(text, length).TrimEnd('\0'));
}
