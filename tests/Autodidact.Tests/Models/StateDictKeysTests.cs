using Autodidact.Models;

namespace Autodidact.Tests.Models;

public class StateDictKeysTests
{
    private static readonly string[] Torchvision =
    [
        "conv1.weight", "bn1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer1.0.bn1.bias", "layer2.0.downsample.0.weight",
        "layer2.0.downsample.1.weight",
        "layer4.2.conv3.weight", "layer4.2.bn3.num_batches_tracked",
    ];

    [Theory]
    [InlineData("")] // torchvision, timm
    [InlineData("state_dict.module.encoder_q.")] // MoCo v1, v2
    [InlineData("state_dict.module.base_encoder.")] // MoCo v3
    [InlineData("module.")] // SwAV
    [InlineData("teacher.backbone.")] // DINO
    [InlineData("classy_state_dict.base_model.model.trunk._feature_blocks.")] // VISSL
    [InlineData("state_dict.backbone.")] // solo-learn
    public void Should_Find_A_ResNet_Behind_Any_Prefix(string prefix)
    {
        var found = StateDictKeys.ToTorchvision(
            [.. Torchvision.Select(n => prefix + n), $"{prefix}fc.weight", "epoch", "projector.0.weight"]);
        Assert.Equal(Torchvision.Order(), found.Keys.Order());
        Assert.All(found, pair => Assert.Equal(prefix + pair.Key, pair.Value));
    }

    [Fact]
    public void Should_Find_The_Numbered_Children_Of_Lightly()
    {
        string[] names =
        [
            "backbone.0.weight", "backbone.1.weight", "backbone.4.0.conv1.weight", "backbone.7.1.bn2.bias",
            "projection_head.layers.0.weight",
        ];
        var found = StateDictKeys.ToTorchvision(names);
        Assert.Equal("backbone.0.weight", found["conv1.weight"]);
        Assert.Equal("backbone.1.weight", found["bn1.weight"]);
        Assert.Equal("backbone.4.0.conv1.weight", found["layer1.0.conv1.weight"]);
        Assert.Equal("backbone.7.1.bn2.bias", found["layer4.1.bn2.bias"]);
        Assert.Equal(4, found.Count);
    }

    [Theory]
    [InlineData("module.encoder_q.", "module.encoder_k.")]
    [InlineData("teacher.backbone.", "student.module.backbone.")]
    [InlineData("online_network.", "target_network.")]
    [InlineData("backbone.", "momentum_backbone.")]
    public void Should_Prefer_The_Network_That_Is_Meant_To_Be_Used(string wanted, string other)
    {
        var found = StateDictKeys.ToTorchvision([.. Torchvision.Select(n => other + n), .. Torchvision.Select(n => wanted + n)]);
        Assert.Equal($"{wanted}conv1.weight", found["conv1.weight"]);
    }

    [Fact]
    public void Should_Find_Nothing_In_Other_Networks() =>
        Assert.Empty(StateDictKeys.ToTorchvision(["blocks.0.attn.qkv.weight", "patch_embed.proj.weight", "layer1.0.conv1.weight"]));
}
