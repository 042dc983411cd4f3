using Autodidact.Export;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Export;

public sealed class ClusterNamesFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("cluster,name\n2,cat\n0,dog\n")]
    [InlineData("2,cat\n0,dog\n")]
    [InlineData("\uFEFFNAME , Cluster,note\r\ncat,2,x\r\n\r\n dog , 0 ,\r\n")]
    public void Should_Read_Names_With_A_Header_And_Without_Losing_None(string text) =>
        Assert.Equal(["dog", "cluster 1", "cat"], Read(text));

    [Fact]
    public void Should_Read_Quoted_Names() =>
        Assert.Equal(["cluster 0", "cat, \"big\"", "cluster 2"], Read("cluster,name\n1,\"cat, \"\"big\"\"\"\n"));

    [Theory]
    [InlineData("number,title\n0,cat\n", "line 1: 'number,title': expected the header cluster,name, or a cluster and its name")]
    [InlineData("cluster,name\ncluster,name\n", "line 2: 'cluster,name': expected a cluster and its name")]
    [InlineData("cluster,name\n0,cat\n\n0,dog\n", "line 4: cluster 0 has a name on line 2 already: keep one of the two")]
    [InlineData("0,cat\n1,cat\n0,cat\n", "line 3: cluster 0 has a name on line 1 already: keep one of the two")]
    [InlineData("cluster,name\n1,\n", "line 2: the name of cluster 1 is empty: give it one, or leave the line out")]
    [InlineData("1,\" \t \"\n", "line 1: the name of cluster 1 is empty: give it one, or leave the line out")]
    [InlineData("cluster,name\n1,\u001B\n", "line 2: the name of cluster 1 is empty: give it one, or leave the line out")]
    [InlineData("cluster,name\n3,cat\n", "line 2: there is no cluster 3: they are numbered from 0 to 2")]
    [InlineData("cluster,name\n-1,cat\n", "line 2: '-1,cat': expected a cluster and its name")]
    [InlineData("cluster,name\n1,cat, big\n", "line 2: '1,cat, big': expected a cluster and its name; a name with a comma stands")]
    [InlineData("cluster,name\n1\n", "line 2: '1': expected a cluster and its name")]
    [InlineData("cluster,name\n1,\"cat\n", "(line 2: a quoted field does not end)")]
    [InlineData("cluster,name\n", "names no cluster")]
    [InlineData("", "names no cluster")]
    public void Should_Refuse_What_Would_Be_Lost_Or_Misread(string text, string reason)
    {
        var e = Assert.Throws<AutodidactException>(() => Read(text));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.StartsWith(_scratch["names.csv"], e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Should_Say_That_The_File_Is_Missing()
    {
        var e = Assert.Throws<AutodidactException>(() => ClusterNamesFile.Read(_scratch["gone.csv"], 3));
        Assert.Equal($"{_scratch["gone.csv"]}: no such file: name a CSV file with the columns cluster and name", e.Message);
    }

    private IReadOnlyList<string> Read(string text)
    {
        File.WriteAllText(_scratch["names.csv"], text);
        return ClusterNamesFile.Read(_scratch["names.csv"], 3);
    }
}
