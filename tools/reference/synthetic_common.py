"""What the synthetic_*.py scripts share: the dump, the student's network, k-NN and clustering accuracy. One thread: figures must not depend on the machine."""
import os
os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


def load(folder, split):
    """Images as uint8 [N,3,32,32], labels as int64 [N]; written by synthetic_dump.cs."""
    images = torch.from_numpy(np.load(f"{folder}/{split}_images.npy")).permute(0, 3, 1, 2).contiguous()
    return images, torch.from_numpy(np.load(f"{folder}/{split}_labels.npy"))


def normalised(images):
    return ((images - 0.5) / 0.25).contiguous(memory_format=torch.channels_last)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity() if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.shortcut(x))


class ResNet10(nn.Module):
    """3x3 stem, 2x2 max-pool, stages of width w, 2w, 4w, 8w, global mean."""

    def __init__(self, width):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2))
        self.stages = nn.Sequential(*[Block(width * max(1, 2 ** i // 2), width * 2 ** i, 1 if i == 0 else 2) for i in range(4)])
        self.dimension = 8 * width

    def forward(self, x):
        return self.stages(self.stem(x)).mean((2, 3))


@torch.no_grad()
def outputs(model, images):
    model.eval()
    result = torch.cat([model(normalised(part.float() / 255)) for part in images.split(500)])
    model.train()
    return result


def knn(train, train_labels, test, test_labels, k=200, temperature=0.1):
    """Weighted k-NN accuracy, cosine."""
    train, test = F.normalize(train, dim=1), F.normalize(test, dim=1)
    right = 0
    for part, labels in zip(test.split(500), test_labels.split(500)):
        similarity, nearest = (part @ train.T).topk(k, 1)
        votes = torch.zeros(len(part), 10).scatter_add_(1, train_labels[nearest], ((similarity - 1) / temperature).exp())
        right += (votes.argmax(1) == labels).sum().item()
    return right / len(test)


def clustering_accuracy(train, test, test_labels, seeds=3):
    """k-means (k = 10) fitted on 4,000 training rows, best one-to-one map on the test rows: the mean over seeds."""
    accuracies = []
    for seed in range(seeds):
        clusters = KMeans(10, n_init=3, max_iter=50, random_state=seed).fit(train[:4000].numpy()).predict(test.numpy())
        table = np.zeros((10, 10), int)
        np.add.at(table, (clusters, test_labels.numpy()), 1)
        accuracies.append(table[linear_sum_assignment(-table)].sum() / len(test))
    return np.mean(accuracies)
