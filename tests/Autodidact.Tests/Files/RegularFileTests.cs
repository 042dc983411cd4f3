using System.Text;
using Autodidact.Files;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Files;

public sealed class RegularFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public RegularFileTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes and devices are made as Linux makes them");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Read_A_File_As_DotNet_Does()
    {
        var bytes = Enumerable.Range(0, 3_000_001).Select(i => (byte)(i * 31)).ToArray();
        File.WriteAllBytes(_scratch["a"], bytes);
        File.CreateSymbolicLink(_scratch["link"], _scratch["a"]);
        Assert.Equal(bytes, RegularFile.ReadAll(_scratch["a"], bytes.Length, Token));
        Assert.Equal(bytes, RegularFile.ReadAll(_scratch["link"], bytes.Length, Token));
        using var stream = RegularFile.Open(_scratch["a"]);
        Assert.Equal((true, bytes.Length, false), (stream.CanSeek, stream.Length, stream.CanWrite));
        File.WriteAllText(_scratch["text"], "Grüße", Encoding.Unicode);
        Assert.Equal("Grüße", RegularFile.ReadText(_scratch["text"], 100));
    }

    [Fact]
    public void Should_Refuse_A_Pipe_Without_Waiting() =>
        Assert.Equal("it is a named pipe, not a file", Refused(SpecialFiles.Pipe(_scratch["pipe"])));

    [Fact]
    public void Should_Refuse_Devices_Sockets_And_Folders()
    {
        File.CreateSymbolicLink(_scratch["zero"], "/dev/zero");
        using var socket = SpecialFiles.Socket(_scratch["socket"]);
        Assert.Equal("it is a device, not a file", Refused("/dev/zero"));
        Assert.Equal("it is a device, not a file", Refused(_scratch["zero"]));
        Assert.Equal("it is a socket, not a file", Refused(_scratch["socket"]));
        Assert.Equal("it is a folder, not a file", Refused(Path.GetTempPath()));
    }

    [Fact]
    public void Should_Refuse_Names_That_No_File_Can_Have()
    {
        Assert.Equal("its name is empty", Refused(""));
        Assert.Equal("its name holds a NUL character", Refused("a\0b"));
        Assert.IsType<FileNotFoundException>(SpecialFiles.Answer(() => RegularFile.Open(_scratch["missing"])));
        File.WriteAllText(_scratch["file"], "");
        Assert.IsType<DirectoryNotFoundException>(SpecialFiles.Answer(() => RegularFile.Open(_scratch["file/below"])));
        Assert.Contains("symbolic links", Message(SpecialFiles.Loop(_scratch["loop"])), StringComparison.Ordinal);
        Assert.Contains("name too long", Message(_scratch[new string('a', 300)]), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Should_Compare_The_Size_With_The_Limit_Before_It_Reads()
    {
        var huge = SpecialFiles.Huge(_scratch["huge"]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<UnreadableFileException>(() => RegularFile.ReadAll(huge, 1000, Token));
        Assert.Throws<UnreadableFileException>(() => RegularFile.Require(huge, 1000));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal($"too large: {SpecialFiles.HugeBytes} bytes, the limit is 1000 bytes", e.Message);
        RegularFile.Require(huge, SpecialFiles.HugeBytes);
    }

    [Fact]
    public void Should_Stop_Reading_When_Asked_To()
    {
        File.WriteAllBytes(_scratch["a"], new byte[100]);
        Assert.Throws<OperationCanceledException>(() => RegularFile.ReadAll(_scratch["a"], 100, new CancellationToken(canceled: true)));
    }

    private static string Refused(string path) =>
        Assert.IsType<UnreadableFileException>(SpecialFiles.Answer(() => RegularFile.Open(path).Dispose())).Message;

    private static string Message(string path) =>
        Assert.IsType<IOException>(SpecialFiles.Answer(() => RegularFile.Open(path).Dispose())).Message;
}
