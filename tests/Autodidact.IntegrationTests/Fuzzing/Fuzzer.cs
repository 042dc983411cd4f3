using Autodidact.Numerics;

namespace Autodidact.Fuzzing;

/// <summary>Gives readers damaged files. Mutant <c>n</c> is a pure function of the targets, the seed and <c>n</c>.</summary>
/// <param name="targets">The readers.</param>
/// <param name="seed">Which mutants.</param>
internal sealed class Fuzzer(IReadOnlyList<FuzzTarget> targets, ulong seed)
{
    private readonly Dictionary<string, byte[]> _whole = [];
    private readonly FuzzTarget[] _turns = [.. targets.SelectMany(target => Enumerable.Repeat(target, target.Weight))];

    /// <summary>Makes a mutant and reads it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="watch">Is told which file the mutant is in, before it is read.</param>
    /// <returns>What it was and how the reader took it.</returns>
    public FuzzOutcome Run(long number, Action<FuzzTarget, string>? watch = null)
    {
        var target = _turns[number % _turns.Length];
        var random = new CounterRandom(seed, (uint)number, (uint)(number >> 32));
        var name = target.Files[random.NextInt32(target.Files.Count)];
        var path = Path.Combine(target.Folder, name);
        var whole = Whole(path);
        var other = Whole(Path.Combine(target.Folder, target.Files[random.NextInt32(target.Files.Count)]));
        var mutant = Mutator.Mutate(whole, other, FuzzTarget.IsText(name), ref random);
        File.WriteAllBytes(path, mutant);
        try
        {
            watch?.Invoke(target, name);
            target.Read(new FuzzInput(target.Folder, path, number));
            return new FuzzOutcome(target, name, mutant, null);
        }
        catch (Exception e)
        {
            return new FuzzOutcome(target, name, mutant, e);
        }
        finally
        {
            File.WriteAllBytes(path, whole);
        }
    }

    private byte[] Whole(string path) => _whole.TryGetValue(path, out var bytes) ? bytes : _whole[path] = File.ReadAllBytes(path);
}

/// <summary>How a reader took a mutant.</summary>
/// <param name="Target">The reader.</param>
/// <param name="File">The file that was changed.</param>
/// <param name="Mutant">Its bytes.</param>
/// <param name="Failure">What the reader threw; null where it read the file.</param>
internal sealed record FuzzOutcome(FuzzTarget Target, string File, byte[] Mutant, Exception? Failure)
{
    /// <summary>Whether the reader answered, or refused in words for a user.</summary>
    public bool IsGood => Failure is null or AutodidactException;
}
