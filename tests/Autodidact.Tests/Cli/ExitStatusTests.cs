using System.Runtime.InteropServices;
using Autodidact.Cli;

namespace Autodidact.Tests.Cli;

public class ExitStatusTests
{
    public static TheoryData<Exception, int> Known => new()
    {
        { new AutodidactException(FailureKind.Usage, "u"), 2 },
        { new AutodidactException(FailureKind.Data, "d"), 3 },
        { new AutodidactException(FailureKind.Training, "t"), 4 },
        { new AutodidactException(FailureKind.Environment, "e"), 5 },
        { new FileNotFoundException("no file"), 3 },
        { new DirectoryNotFoundException("no directory"), 3 },
        { new IOException("No space left on device"), 5 },
        { new UnauthorizedAccessException("Access to the path is denied."), 5 },
        { new DllNotFoundException("libx"), 5 },
        { new TypeInitializationException("T", new DllNotFoundException("libx")), 5 },
        { new AggregateException(new AutodidactException(FailureKind.Training, "t")), 4 },
        { new OutOfMemoryException(), 5 },
        {
            new ExternalException(
                "[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."),
            5
        },
        { new OperationCanceledException(), 130 },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Should_Explain_A_Failure_In_One_Line_And_A_Status(Exception exception, int status)
    {
        var (actual, line) = ExitStatus.Of(exception);
        Assert.Equal(status, actual);
        Assert.NotNull(line);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void Should_Not_Pass_A_Defect_Off_As_The_Users_Fault() => Assert.Equal((1, null), ExitStatus.Of(new NullReferenceException()));
}
