"""Views a second of the SimCLR step in PyTorch: ResNet-10, width 32, 3x3 stem, 2x2 max-pool, batch 256, two 32 px views, channels-last.

Prints one number. Usage: python3 step_peer.py THREADS
"""
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

BATCH, STEPS, WARMUP = 256, 3, 2


class Encoder(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        net = ResNet(BasicBlock, [1, 1, 1, 1])
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True), nn.MaxPool2d(2))
        net.inplanes = width
        self.stages = nn.Sequential(*[net._make_layer(BasicBlock, width * 2**i, 1, stride=1 if i == 0 else 2) for i in range(4)])
        self.projector = nn.Sequential(nn.Linear(8 * width, 512, bias=False), nn.BatchNorm1d(512), nn.ReLU(True), nn.Linear(512, 128))

    def forward(self, x):
        return self.projector(self.stages(self.stem(x)).mean((2, 3)))


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    model = Encoder().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.12, momentum=0.9, weight_decay=5e-4, nesterov=True)
    images = torch.randn(2 * BATCH, 3, 32, 32).to(memory_format=torch.channels_last)
    targets = (torch.arange(2 * BATCH) + BATCH) % (2 * BATCH)
    times = []
    for _ in range(WARMUP + STEPS):
        start = time.perf_counter()
        z = F.normalize(model(images))
        similarities = (z @ z.T / 0.2).masked_fill(torch.eye(2 * BATCH, dtype=torch.bool), float("-inf"))
        loss = F.cross_entropy(similarities, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    print(2 * BATCH / sorted(times[WARMUP:])[STEPS // 2])


if __name__ == "__main__":
    main()
