"""The student with labels, flips only: synthetic_supervised.py DUMP [--width 16] [--epochs 6]"""
import argparse
import math
import time
import torch
import torch.nn.functional as F
from torch import nn
from synthetic_common import ResNet10, load, normalised, outputs

parser = argparse.ArgumentParser()
parser.add_argument("dump")
parser.add_argument("--width", type=int, default=16)
parser.add_argument("--epochs", type=int, default=6)
options = parser.parse_args()
train, train_labels = load(options.dump, "train")
test, test_labels = load(options.dump, "test")
body = ResNet10(options.width)
model = nn.Sequential(body, nn.Linear(body.dimension, 10)).to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
batch, step, start = 128, 0, time.time()
steps = options.epochs * (len(train) // batch)
for epoch in range(options.epochs):
    for indices in torch.randperm(len(train)).split(batch)[:len(train) // batch]:
        optimizer.param_groups[0]["lr"] = 0.1 * min(1, (step + 1) / (0.1 * steps)) * 0.5 * (1 + math.cos(math.pi * step / steps))
        images = train[indices].float() / 255
        flip = torch.rand(len(images)) < 0.5
        images[flip] = images[flip].flip(3)
        loss = F.cross_entropy(model(normalised(images)), train_labels[indices])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    right = (outputs(model, test).argmax(1) == test_labels).float()
    print(f"epoch {epoch + 1}  loss {loss.item():.3f}  test {right.mean().item():.4f}  {time.time() - start:.0f} s", flush=True)
print("by class", [round(right[test_labels == c].mean().item(), 3) for c in range(10)])
