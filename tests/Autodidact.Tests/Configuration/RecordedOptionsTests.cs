using System.Text.Json.Nodes;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Tests.Configuration;

/// <summary>Options of runs whose methods came from an assembly of somebody's own.</summary>
public class RecordedOptionsTests
{
    private const string Plugin = "/nowhere/methods.dll";

    [Fact]
    public void Should_Be_Read_Without_The_Assembly()
    {
        var options = Record(Plugin).RunOptions();
        Assert.Equal(("align-uniform", Plugin, true), (options.Pretrain.Method, options.Plugin, options.Pretrain.Trains));
    }

    [Fact]
    public void Should_Refuse_Unknown_Options_Where_No_Assembly_Brought_Them()
    {
        var refused = Assert.Throws<AutodidactException>(() => Record(plugin: null).RunOptions());
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains("align_uniform", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Say_That_The_Assembly_Of_A_Run_That_Goes_On_Is_Gone()
    {
        var refused = Assert.Throws<AutodidactException>(() => Record(Plugin).OptionsToGoOn());
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.StartsWith($"plugin: {Path.GetFullPath(Plugin)}: no such file: ", refused.Message, StringComparison.Ordinal);
    }

    private static RunRecord Record(string? plugin)
    {
        var options = OptionJson.ToJson(new RunOptions { Plugin = plugin });
        options["pretrain"]!["method"] = "align-uniform";
        options["pretrain"]!["align_uniform"] = new JsonObject { ["sharpness"] = 3 };
        return new RunRecord { Options = options };
    }
}
