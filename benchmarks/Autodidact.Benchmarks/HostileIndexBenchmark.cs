using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Search;
using Autodidact.Serialization;
using Cloud.Unum.USearch;

namespace Autodidact.Benchmarks;

/// <summary>
/// Index files with a few bytes changed, opened and searched by a process of their own each: how many are refused with a message, answer,
/// end the process or hang it; ours and USearch's. <c>search-hostile [--files 200] [--rows 2000] [--folder DIR]</c>
/// </summary>
public static class HostileIndexBenchmark
{
    private const int Columns = 32;
    private const int Refused = 3;
    private const int Hung = -1;

    /// <summary>Prints a line for each kind of index.</summary>
    public static int Run(string[] args)
    {
        if (args is ["--open", var matrixFile, var indexFile])
        {
            return OpenAndSearch(matrixFile, indexFile);
        }

        int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
            ? int.Parse(args[at + 1], CultureInfo.InvariantCulture)
            : otherwise;
        var parent = Array.IndexOf(args, "--folder") is >= 0 and var named ? args[named + 1] : Path.GetTempPath();
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"autodidact-hostile-{Environment.ProcessId}")).FullName;
        try
        {
            var path = Path.Combine(folder, "a.npy");
            SearchRows.Write(path, Number("--rows", 2000), Columns, 4);
            InvertedFileBuilder.Build(path);
            var graph = Path.Combine(folder, "a.usearch");
            using (var matrix = NpyFile.MapMatrix(path))
            {
                USearchPeer.Build(matrix, graph, 16, 128, 1, ScalarKind.Float32);
            }

            Console.WriteLine("index           changed   files   refused   answered   ended the process   hung");
            foreach (var (name, file) in new[] { ("inverted file", EmbeddingIndex.InvertedFilePath(path)), ("USearch", graph) })
            {
                foreach (var (where, change) in Changes)
                {
                    Attack(name, where, path, file, change, Number("--files", 200));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static IReadOnlyList<(string Where, Action<byte[], CounterRandom> Change)> Changes =>
    [
        ("head", (bytes, random) => bytes[random.NextInt32(Math.Min(256, bytes.Length))] = (byte)random.NextInt32(256)),
        ("one byte", (bytes, random) => bytes[random.NextInt32(bytes.Length)] = (byte)random.NextInt32(256)),
        ("a number", (bytes, random) => WriteNumber(bytes, random.NextInt32((bytes.Length / 4) - 1) * 4, random)),
        ("64 numbers", (bytes, random) =>
        {
            for (var i = 0; i < 64; i++)
            {
                WriteNumber(bytes, random.NextInt32(bytes.Length - 4), random);
            }
        }),
    ];

    private static void WriteNumber(byte[] bytes, int at, CounterRandom random) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)random.NextInt32(int.MaxValue));

    private static void Attack(string name, string where, string matrix, string file, Action<byte[], CounterRandom> change, int files)
    {
        var whole = File.ReadAllBytes(file);
        var ends = new List<int>();
        for (var i = 0; i < files; i++)
        {
            var bytes = whole.ToArray();
            change(bytes, new CounterRandom(7, (uint)i));
            File.WriteAllBytes(file, bytes);
            ends.Add(InProcess(matrix, file));
        }

        File.WriteAllBytes(file, whole);
        var (refused, answered, hung) = (ends.Count(e => e == Refused), ends.Count(e => e == 0), ends.Count(e => e == Hung));
        Console.WriteLine($"{name,-15} {where,-10} {files,4} {refused,9} {answered,10} {files - refused - answered - hung,19} {hung,6}");
    }

    private static int InProcess(string matrix, string file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(HostileIndexBenchmark).Assembly.Location);
        }

        foreach (var argument in new[] { "search-hostile", "--open", matrix, file })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            return process.ExitCode;
        }

        process.Kill();
        return Hung;
    }

    private static int OpenAndSearch(string matrixFile, string indexFile)
    {
        try
        {
            using var queries = SearchRows.Queries(64, Columns, 4);
            using var index = EmbeddingIndex.Open(matrixFile);
            if (Path.GetExtension(indexFile) == ".ivf")
            {
                index.SearchBatch(queries, 10, new SearchOptions { Probes = 8 });
                return 0;
            }

            using var peer = USearchPeer.Open(indexFile, 1);
            for (var i = 0; i < queries.Rows; i++)
            {
                peer.Search(queries[i], 10, index);
            }

            return 0;
        }
        catch (Exception e) when (e is AutodidactException or InvalidOperationException or USearchException or ArgumentOutOfRangeException)
        {
            return Refused;
        }
    }
}
