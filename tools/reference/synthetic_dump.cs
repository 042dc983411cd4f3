#:project ../../src/Autodidact.Core/Autodidact.Core.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Writes the built-in synthetic set as NumPy files, for the Python scripts beside this one:
//   dotnet run tools/reference/synthetic_dump.cs -- OUT [TRAIN TEST SEED]
// OUT/{train,test}_images.npy: uint8 [N,32,32,3]; OUT/{train,test}_labels.npy: int64 [N], class numbers.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Autodidact.Images;

int Count(int position, int otherwise) => args.Length > position ? int.Parse(args[position]) : otherwise;
Directory.CreateDirectory(args[0]);
foreach (var (split, count) in new[] { ("train", Count(1, 10_000)), ("test", Count(2, 2_000)) })
{
    var start = Stopwatch.GetTimestamp();
    var entries = new SyntheticSource(count, (ulong)Count(3, 0), split).Enumerate().ToList();
    Console.WriteLine($"{split}: {count} images, {count / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} a second");
    var numbers = SyntheticSource.Classes.Select((name, number) => (name, number)).ToDictionary();
    var labels = entries.Select(entry => (long)numbers[entry.Label!]).ToArray();
    Save($"{split}_labels.npy", "<i8", $"({count},)", [MemoryMarshal.AsBytes(labels.AsSpan()).ToArray()]);
    Save($"{split}_images.npy", "|u1", $"({count}, 32, 32, 3)", entries.Select(entry => ((RawImage)entry.Content).Pixels));
}

void Save(string name, string type, string shape, IEnumerable<ReadOnlyMemory<byte>> blocks)
{
    var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
    using var file = File.Create(Path.Combine(args[0], name));
    file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
    file.Write(Encoding.ASCII.GetBytes(header));
    foreach (var block in blocks)
        file.Write(block.Span);
}
