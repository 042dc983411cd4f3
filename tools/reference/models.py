#!/usr/bin/env python3
"""Reference values for src/Autodidact/Models, from torchvision's ResNets and from plain PyTorch branches written from the papers' descriptions.

Weights are made by a formula on both sides (see `formula`), so only outputs are checked in.
Run:  python3 tools/reference/models.py        (torch 1.13, torchvision 0.14; about a minute)
Writes tests/Autodidact.Tests/Fixtures/models/{resnet,multi-exit}.json.
"""
import hashlib
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "Autodidact.Tests" / "Fixtures" / "models"
BLOCKS = {10: [1, 1, 1, 1], 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3]}
SAMPLES = 24


def uniform(name, count):
    """`count` numbers in [-1, 1): FNV-1a of the name, plus the index times the golden ratio, through a 32-bit finaliser. Exact on any machine."""
    seed = 2166136261
    for byte in name.encode():
        seed = ((seed ^ byte) * 16777619) & 0xFFFFFFFF
    mask = np.uint64(0xFFFFFFFF)
    h = (np.arange(count, dtype=np.uint64) * np.uint64(2654435769) + np.uint64(seed)) & mask
    h = ((h ^ (h >> np.uint64(16))) * np.uint64(0x7FEB352D)) & mask
    h = ((h ^ (h >> np.uint64(15))) * np.uint64(0x846CA68B)) & mask
    h = h ^ (h >> np.uint64(16))
    return h.astype(np.float64) / 2**31 - 1


def formula(name, shape):
    u = uniform(name, math.prod(shape))
    if len(shape) >= 2:
        u = u * math.sqrt(6 / math.prod(shape[1:]))   # weights of convolutions and linear layers: variance 2 / fan-in
    elif name.endswith("running_var"):
        u = 3 + 1.5 * u                               # large, so that many residual blocks do not blow up
    elif name.endswith("weight"):
        u = 1 + 0.2 * u
    else:
        u = 0.1 * u                                   # biases and running means
    return torch.from_numpy(u.astype(np.float32).reshape(shape))


def fill(module):
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(formula(name, tuple(tensor.shape)))
    return module


def images(batch, size):
    return torch.from_numpy((1.5 * uniform(f"images {size}", batch * 3 * size * size)).astype(np.float32).reshape(batch, 3, size, size))


def sample(tensor):
    """Shape, spread, and values at evenly spread places of the flattened tensor."""
    flat = tensor.detach().double().flatten().numpy()
    places = [i * (flat.size - 1) // (SAMPLES - 1) for i in range(SAMPLES)]
    return {"shape": list(tensor.shape), "rms": float(np.sqrt(np.mean(flat**2))), "mean": float(flat.mean()), "values": [float(flat[p]) for p in places]}


def keys_of(module, skip="fc."):
    lines = sorted(f"{name} {'x'.join(map(str, tensor.shape))}" for name, tensor in module.state_dict().items() if not name.startswith(skip))
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def resnet(depth, width=64, stem="imagenet"):
    """torchvision's own ResNet; another stem replaces conv1 and maxpool; another width rebuilds the stages with torchvision's own blocks."""
    block = Bottleneck if depth >= 50 else BasicBlock
    net = ResNet(block, BLOCKS[depth])
    if width != 64:
        net.inplanes = width
        net.bn1 = nn.BatchNorm2d(width)
        net.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        # Bottleneck and BasicBlock take the inner width as `planes`, so torchvision's own builder serves.
        for stage in range(4):
            setattr(net, f"layer{stage + 1}", net._make_layer(block, width << stage, BLOCKS[depth][stage], stride=1 if stage == 0 else 2))
        net.fc = nn.Linear((width << 3) * block.expansion, 1000)
    if stem != "imagenet":
        net.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        net.maxpool = nn.Identity() if stem == "cifar" else nn.MaxPool2d(2)
    return net


def stages(net, x):
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    maps = []
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        x = layer(x)
        maps.append(x)
    return maps


def macs_of(net, run):
    """Multiply-accumulates by hooks on convolutions and linear layers, and the parameters of every layer that ran."""
    total = {"macs": 0, "parameters": 0}

    def hook(module, inputs, output):
        total["parameters"] += sum(p.numel() for p in module.parameters())
        if isinstance(module, nn.ConvTranspose2d):
            total["macs"] += inputs[0].shape[2] * inputs[0].shape[3] * module.weight.numel()
        elif isinstance(module, nn.Conv2d):
            total["macs"] += output.shape[2] * output.shape[3] * module.weight.numel()
        elif isinstance(module, nn.Linear):
            total["macs"] += module.weight.numel()

    handles = [m.register_forward_hook(hook) for m in net.modules() if not list(m.children())]
    with torch.no_grad():
        run()
    for handle in handles:
        handle.remove()
    return total


def resnet_case(name, depth, width, stem, size, cost_size):
    net = fill(resnet(depth, width, stem)).eval()
    with torch.no_grad():
        maps = stages(net, images(2, size))
    count, digest = keys_of(net)
    cost = macs_of(net, lambda: stages(net, torch.zeros(1, 3, cost_size, cost_size)))
    case = {
        "name": name, "size": size, "keys": count, "keysSha256": digest,
        "parameters": sum(p.numel() for n, p in net.named_parameters() if not n.startswith("fc.")),
        "costSize": cost_size, "macs": cost["macs"],
        "stages": [sample(m) for m in maps], "pooled": sample(maps[-1].mean((2, 3))),
    }
    assert cost["parameters"] == case["parameters"]
    if name == "resnet18-cifar":
        # One step in training mode: batch statistics, and what they leave in the running ones.
        net.train()
        out = stages(net, images(2, size))[-1].mean((2, 3))
        case["trainedPooled"] = sample(out)
        case["trainedRunningMean"] = sample(net.layer3[0].bn1.running_mean)
        case["trainedRunningVar"] = sample(net.layer4[1].bn2.running_var)
    return case


# ---- exits ----

def separable(cin, cout, stride):
    return nn.Sequential(
        nn.Conv2d(cin, cin, 3, stride, 1, groups=cin, bias=False), nn.Conv2d(cin, cin, 1, bias=False), nn.BatchNorm2d(cin), nn.ReLU(),
        nn.Conv2d(cin, cin, 3, 1, 1, groups=cin, bias=False), nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU())


class SeparableAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate = nn.Sequential(separable(c, c, 2), nn.BatchNorm2d(c), nn.ReLU())

    def forward(self, x):
        return x * torch.sigmoid(F.interpolate(self.gate(x), size=x.shape[2:], mode="bilinear", align_corners=False))


class TransposedAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.down, self.down_norm = nn.Conv2d(c, c, 3, 2, 1, bias=False), nn.BatchNorm2d(c)
        self.up, self.up_norm = nn.ConvTranspose2d(c, c, 4, 2, 1, bias=False), nn.BatchNorm2d(c)

    def forward(self, x):
        gate = torch.sigmoid(self.up_norm(self.up(F.relu(self.down_norm(self.down(x))))))
        return x * gate[:, :, : x.shape[2], : x.shape[3]]


class Fitting(nn.Module):
    """k x k, stride k; zeros below and to the right bring each side to a multiple of k."""

    def __init__(self, c, k):
        super().__init__()
        self.k, self.conv = k, nn.Conv2d(c, c, k, k, bias=False)

    def forward(self, x):
        return self.conv(F.pad(x, (0, -x.shape[3] % self.k, 0, -x.shape[2] % self.k)))


class MultiExit(nn.Module):
    def __init__(self, depth, width, stem, design, attention, outputs):
        super().__init__()
        self.backbone = resnet(depth, width, stem)
        del self.backbone.fc
        e = 4 if depth >= 50 else 1
        c = [(width << i) * e for i in range(4)]
        self.branches = nn.ModuleList()
        for i in range(3):
            layers = []
            if attention:
                layers.append(SeparableAttention(c[i]) if design == "separable" else TransposedAttention(c[i]))
            if design == "separable":
                layers += [separable(c[j], c[j + 1], 2) for j in range(i, 3)]
            else:
                m, k = c[3] // 4, 2 ** (3 - i)
                layers.append(nn.Sequential(
                    nn.Conv2d(c[i], m, 1, bias=False), nn.BatchNorm2d(m), nn.ReLU(),
                    Fitting(m, k), nn.BatchNorm2d(m), nn.ReLU(),
                    nn.Conv2d(m, c[3], 1, bias=False), nn.BatchNorm2d(c[3]), nn.ReLU()))
            self.branches.append(nn.Sequential(*layers))
        self.classifiers = nn.ModuleList(nn.Linear(c[3], outputs) for _ in range(4))

    def exit(self, x, last):
        net = self.backbone
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        for i in range(last + 1):
            x = getattr(net, f"layer{i + 1}")(x)
        f = (self.branches[last](x) if last < 3 else x).mean((2, 3))
        return f, self.classifiers[last](f)


def multi_exit_case(name, depth, width, stem, design, attention, sizes):
    net = fill(MultiExit(depth, width, stem, design, attention, 7)).eval()
    count, digest = keys_of(net, skip="\0")
    case = {"architecture": name, "design": design, "attention": attention, "outputs": 7, "keys": count, "keysSha256": digest, "inputs": []}
    for size in sizes:
        exits = []
        for i in range(4):
            with torch.no_grad():
                f, z = net.exit(images(2, size), i)
            cost = macs_of(net, lambda: net.exit(torch.zeros(1, 3, size, size), i))
            exits.append({"feature": sample(f), "logits": sample(z), **cost})
        case["inputs"].append({"size": size, "exits": exits})
    return case


def write(name, cases):
    def shorten(value):
        if isinstance(value, float):
            return float(f"{value:.7g}")
        if isinstance(value, dict):
            return {k: shorten(v) for k, v in value.items()}
        return [shorten(v) for v in value] if isinstance(value, list) else value

    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text("[\n" + ",\n".join(json.dumps(shorten(c)) for c in cases) + "\n]\n")


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    write("resnet.json", [
        resnet_case("resnet10", 10, 64, "imagenet", 64, 224),
        resnet_case("resnet18", 18, 64, "imagenet", 64, 224),
        resnet_case("resnet34", 34, 64, "imagenet", 64, 224),
        resnet_case("resnet50", 50, 64, "imagenet", 64, 224),
        resnet_case("resnet101", 101, 64, "imagenet", 64, 64),
        resnet_case("resnet18-cifar", 18, 64, "cifar", 32, 32),
        resnet_case("resnet18-cifar-pool", 18, 64, "cifar-pool", 32, 32),
        resnet_case("resnet10-w32-cifar-pool", 10, 32, "cifar-pool", 32, 32),
        resnet_case("resnet50-w16-cifar", 50, 16, "cifar", 32, 32),
    ])
    write("multi-exit.json", [
        multi_exit_case(name, depth, width, stem, design, attention, sizes)
        for name, depth, width, stem, sizes in [
            ("resnet10-w8-cifar-pool", 10, 8, "cifar-pool", [32, 24, 20, 8]),
            ("resnet50-w8-cifar", 50, 8, "cifar", [32]),
        ]
        for design in ("separable", "bottleneck")
        for attention in (False, True)
    ])


if __name__ == "__main__":
    main()
