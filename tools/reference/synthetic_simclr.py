"""SimCLR on the synthetic set, to choose views: synthetic_simclr.py DUMP [--images 6000] [--epochs 8] [--size 24] [--crop .4] [--jitter .4 .4 .4 .5 1] [--grey .5]"""
import argparse
import math
import time
import torch
import torch.nn.functional as F
from torch import nn
from synthetic_common import ResNet10, clustering_accuracy, knn, load, normalised, outputs

parser = argparse.ArgumentParser()
parser.add_argument("dump")
parser.add_argument("--width", type=int, default=16)
parser.add_argument("--images", type=int, default=6000)
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--size", type=int, default=24, help="height and width of a view")
parser.add_argument("--crop", type=float, default=0.4, help="smallest area of a crop")
parser.add_argument("--jitter", type=float, nargs=5, default=[0.4, 0.4, 0.4, 0.5, 1], help="brightness, contrast, saturation, hue, probability")
parser.add_argument("--grey", type=float, default=0.5, help="probability of a grey view")
parser.add_argument("--rate", type=float, default=0.12)
parser.add_argument("--temperature", type=float, default=0.2)
options = parser.parse_args()

LUMA = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
TO_YIQ = torch.tensor([[0.299, 0.587, 0.114], [0.596, -0.274, -0.321], [0.211, -0.523, 0.311]])


def sometimes(probability, changed, images):
    return torch.where(torch.rand(len(images), 1, 1, 1) < probability, changed, images)


def cropped(images):
    count = len(images)
    area = torch.empty(count).uniform_(options.crop, 1)
    ratio = torch.exp(torch.empty(count).uniform_(math.log(3 / 4), math.log(4 / 3)))
    width, height = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
    place = torch.zeros(count, 2, 3)
    place[:, 0, 0] = width * ((torch.rand(count) < 0.5).float() * 2 - 1)
    place[:, 0, 2] = torch.empty(count).uniform_(-1, 1) * (1 - width)
    place[:, 1, 1] = height
    place[:, 1, 2] = torch.empty(count).uniform_(-1, 1) * (1 - height)
    grid = F.affine_grid(place, (count, 3, options.size, options.size), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def jittered(images):
    count = len(images)
    brightness, contrast, saturation, hue, probability = options.jitter
    def factor(strength):
        return torch.empty(count, 1, 1, 1).uniform_(1 - strength, 1 + strength)
    changed = (images * factor(brightness)).clamp(0, 1)
    scale = factor(contrast)
    changed = (changed * scale + (changed * LUMA).sum(1, True).mean((2, 3), True) * (1 - scale)).clamp(0, 1)
    scale = factor(saturation)
    changed = (changed * scale + (changed * LUMA).sum(1, True) * (1 - scale)).clamp(0, 1)
    angle = torch.empty(count).uniform_(-hue, hue) * 2 * math.pi
    turn = torch.zeros(count, 3, 3)
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = angle.cos()
    turn[:, 1, 2], turn[:, 2, 1] = -angle.sin(), angle.sin()
    changed = torch.einsum("bij,bjhw->bihw", TO_YIQ.inverse() @ turn @ TO_YIQ, changed).clamp(0, 1)
    return sometimes(probability, changed, images)


def view(images):
    images = jittered(cropped(images))
    return normalised(sometimes(options.grey, (images * LUMA).sum(1, True).expand_as(images), images))


train, train_labels = load(options.dump, "train")
train, train_labels = train[:options.images], train_labels[:options.images]
test, test_labels = load(options.dump, "test")
body = ResNet10(options.width).to(memory_format=torch.channels_last)
head = nn.Sequential(nn.Linear(body.dimension, body.dimension), nn.BatchNorm1d(body.dimension), nn.ReLU(), nn.Linear(body.dimension, 64))
optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], options.rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
batch, step, start = 256, 0, time.time()
steps = options.epochs * (len(train) // batch)
positives = torch.cat([torch.arange(batch) + batch, torch.arange(batch)])
for epoch in range(options.epochs):
    for indices in torch.randperm(len(train)).split(batch)[:len(train) // batch]:
        optimizer.param_groups[0]["lr"] = options.rate * min(1, (step + 1) / (0.1 * steps)) * 0.5 * (1 + math.cos(math.pi * step / steps))
        images = train[indices].float() / 255
        embeddings = F.normalize(head(body(torch.cat([view(images), view(images)]))), dim=1)
        similarities = (embeddings @ embeddings.T / options.temperature).fill_diagonal_(-1e9)
        loss = F.cross_entropy(similarities, positives)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    print(f"epoch {epoch + 1}  loss {loss.item():.3f}  {time.time() - start:.0f} s", flush=True)
train, test = F.normalize(outputs(body, train), dim=1), F.normalize(outputs(body, test), dim=1)
print(f"{steps * 2 * batch} views  k-NN {knn(train, train_labels, test, test_labels):.3f}"
      f"  k-means accuracy {clustering_accuracy(train, test, test_labels):.3f}", flush=True)
