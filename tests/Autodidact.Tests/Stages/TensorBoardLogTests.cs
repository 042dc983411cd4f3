using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Stages;
using Tensorboard;

namespace Autodidact.Tests.Stages;

public sealed class TensorBoardLogTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("autodidact-board-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Should_Write_Every_Measured_Value_With_Its_Step()
    {
        var log = new TensorBoardLog(Path.Combine(_root, "pretrain"), []);
        log.Append(Entry(10, loss: 4.5));
        log.Append(Entry(20, loss: 4.25) with { Metrics = new Dictionary<string, double> { ["knn"] = 0.5 } });
        Assert.Equal([("loss", 10, 4.5f), ("loss", 20, 4.25f), ("knn", 20, 0.5f)], Scalars());
    }

    [Fact]
    public void Should_Hold_Only_What_Was_Kept_After_A_Resume()
    {
        var folder = Path.Combine(_root, "pretrain");
        var killed = new TensorBoardLog(folder, []);
        killed.Append(Entry(10, loss: 1));
        killed.Append(Entry(20, loss: 2));
        var resumed = new TensorBoardLog(folder, [Entry(10, loss: 1)]);
        resumed.Append(Entry(20, loss: 3));
        Assert.Equal([("loss", 10, 1f), ("loss", 20, 3f)], Scalars());
    }

    private static MetricsEntry Entry(long step, double loss) => new() { Stage = "pretrain", Step = step, Seconds = step, Loss = loss };

    // An event file is a sequence of records: length (8 bytes), its checksum (4), the event, its checksum (4).
    private (string Tag, long Step, float Value)[] Scalars()
    {
        var file = Assert.Single(Directory.GetFiles(_root, "events.out.tfevents.*", SearchOption.AllDirectories));
        using var reader = new BinaryReader(File.OpenRead(file));
        var scalars = new List<(string, long, float)>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var length = reader.ReadInt64();
            reader.ReadInt32();
            var read = Event.Parser.ParseFrom(reader.ReadBytes((int)length));
            reader.ReadInt32();
            scalars.AddRange((read.Summary?.Value ?? []).Select(v => (v.Tag, read.Step, v.SimpleValue)));
        }

        return [.. scalars];
    }
}
