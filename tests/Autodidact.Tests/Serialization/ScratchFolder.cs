namespace Autodidact.Tests.Serialization;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("autodidact-test-").FullName;

    public string this[string file] => Path.Combine(_path, file);

    public IEnumerable<string> Files => Directory.EnumerateFiles(_path).Select(file => Path.GetFileName(file));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
