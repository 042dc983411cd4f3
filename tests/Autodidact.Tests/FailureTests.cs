using System.Runtime.InteropServices;
using Autodidact.Configuration;
using Autodidact.Runs;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests;

/// <summary>Whatever a user can mend is one type of exception, also where the system throws another.</summary>
public sealed class FailureTests : IDisposable
{
    /// <summary>The text of TorchSharp.</summary>
    private const string NoLibtorch =
        "This application or script uses TorchSharp but doesn't contain a reference to libtorch-cpu-linux-x64, Version=2.7.1.\n\n"
        + "Consider referencing one of the combination packages\n\nTrace from LoadNativeBackend:\n\n    a\n";

    private readonly ScratchFolder _scratch = new();

    public static TheoryData<Exception, FailureKind> Known => new()
    {
        { new FileNotFoundException("no file\nat all"), FailureKind.Data },
        { new IOException("No space left on device"), FailureKind.Environment },
        { new UnauthorizedAccessException("Access to the path is denied."), FailureKind.Environment },
        { new DllNotFoundException("libx"), FailureKind.Environment },
        { new TypeInitializationException("T", new DllNotFoundException("libx")), FailureKind.Environment },
        { new AggregateException(new OutOfMemoryException()), FailureKind.Environment },
        { new TaskSchedulerException(new OutOfMemoryException()), FailureKind.Environment },
        { new AggregateException(new AutodidactException(FailureKind.Data, "a"), new IOException("b")), FailureKind.Data },
        { new FileNotFoundException("Could not load file or assembly 'CsvHelper'. No such file."), FailureKind.Environment },
        { new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes."), FailureKind.Environment },
        { new TypeInitializationException("TorchSharp.torch", new NotSupportedException(NoLibtorch)), FailureKind.Environment },
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Known))]
    public void Should_Know_What_A_User_Can_Mend(Exception thrown, FailureKind kind)
    {
        var failure = Failure.Of(thrown)!;
        Assert.Equal(kind, failure.Kind);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.True(failure.InnerException is not null || thrown is AggregateException);
    }

    [Fact]
    public void Should_Leave_Defects_And_Cancellations_Alone()
    {
        Assert.Null(Failure.Of(new NullReferenceException()));
        Assert.Null(Failure.Of(new OperationCanceledException()));
        Assert.Null(Failure.Of(new NotSupportedException("Stream does not support seeking.")));
        Assert.Null(Failure.Of(new AggregateException(new IOException(), new NullReferenceException())));
        var known = new AutodidactException(FailureKind.Training, "t");
        Assert.Same(known, Failure.Of(known));
    }

    [Fact]
    public void Should_Tell_A_Run_Directory_That_Cannot_Be_Made()
    {
        File.WriteAllText(_scratch["file"], "");
        var refused = Assert.Throws<AutodidactException>(() => RunDirectory.Acquire(_scratch["file/run"]));
        Assert.Equal(FailureKind.Environment, refused.Kind);
        Assert.StartsWith($"{_scratch["file/run"]} cannot be made (", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Hand_On_A_Failure_Of_The_System_During_A_Run_As_One_Type()
    {
        var request = new RunRequest { Out = _scratch["run"], Set = ["data.synthetic_train=300", "data.synthetic_test=100"] };
        var refused = Assert.Throws<AutodidactException>(
            () => TrainingRun.Of(request)
                .Run(_ => throw new IOException("No space left on device"), null, TestContext.Current.CancellationToken));
        Assert.Equal((FailureKind.Environment, "No space left on device"), (refused.Kind, refused.Message));
        Assert.IsType<IOException>(refused.InnerException);
    }
}
