"""SimCLR views a second with torchvision and Pillow on one thread: views_speed.py SOURCE VIEW BLUR_PROBABILITY."""
import sys
import time

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T

source, size, blur = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(1)
y, x, c = np.mgrid[0:source, 0:source, 0:3]
rng = np.random.default_rng(7)
images = [
    Image.fromarray((128 + 90 * np.sin((x * (c + 1) + 2 * y + i) * 6 / source) + rng.integers(0, 30, x.shape)).astype(np.uint8))
    for i in range(64)
]
kernel = max(3, int(0.1 * size) | 1)
transform = T.Compose([
    T.RandomResizedCrop(size),
    T.RandomHorizontalFlip(),
    T.RandomApply([T.ColorJitter(0.8, 0.8, 0.8, 0.2)], 0.8),
    T.RandomGrayscale(0.2),
    T.RandomApply([T.GaussianBlur(kernel)], blur),
    T.ToTensor(),
    T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])
for image in images[:8]:
    transform(image)
views, start = 0, time.perf_counter()
while time.perf_counter() - start < 0.5:
    for image in images[:16]:
        transform(image)
        views += 1
print(views / (time.perf_counter() - start))
