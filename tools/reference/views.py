"""Expected views for the tests: torchvision on float tensors ("tensor") or on Pillow images ("pillow"), fixed parameters.

Run: python3 tools/reference/views.py tests/Autodidact.Tests/Fixtures/views
Pictures are made by a formula on both sides; values are stored as round(10000 * value).
"""
import json
import math
import os
import sys

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import functional as F
from torchvision.transforms.functional import InterpolationMode

HEIGHT, WIDTH = 28, 24
SAMPLES = 20000
QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]
MODES = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}


def picture(height=HEIGHT, width=WIDTH):
    """Waves of other frequencies in each channel, with hard edges, pure greys and extremes."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    p = (x * (7 + 4 * c) + y * (5 + 3 * c) + (x * y * (c + 1)) // 4) % 256
    p = np.where((x + y) % 11 == 0, 255, p)
    p = np.where((x * 3 + y) % 13 == 0, 0, p)
    p = np.where((x // 4 + y // 4) % 5 == 0, (x * 9 + y * 2) % 256, p)
    return p.astype(np.uint8)


def smooth(height=HEIGHT, width=WIDTH):
    """No edges, so that no cubic overshoot is cut off."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return (20 + 4 * x + 3 * y + 10 * c + x * y // 16).astype(np.uint8)


PICTURES = {"edges": picture, "smooth": smooth}


def resize(image, box, size, mode):
    top, left, height, width = box
    image = F.crop(image, top, left, height, width)
    if isinstance(image, torch.Tensor):
        return F.resize(image, [size, size], MODES[mode], antialias=True).clamp(0, 1)
    return F.resize(image, [size, size], MODES[mode])


OPERATIONS = {
    "flip": lambda i, p: F.hflip(i),
    "brightness": lambda i, p: F.adjust_brightness(i, p),
    "contrast": lambda i, p: F.adjust_contrast(i, p),
    "saturation": lambda i, p: F.adjust_saturation(i, p),
    "hue": lambda i, p: F.adjust_hue(i, p),
    "grayscale": lambda i, p: F.rgb_to_grayscale(i, 3) if isinstance(i, torch.Tensor) else F.to_grayscale(i, 3),
    "blur": lambda i, p: F.gaussian_blur(i, [p[0], p[0]], [p[1], p[1]]),
    "solarize": lambda i, p: F.solarize(i, 128 / 255 if isinstance(i, torch.Tensor) else 128),
    "normalize": lambda i, p: F.normalize(i, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "erase": lambda i, p: F.erase(i, p[0], p[1], p[2], p[3], torch.zeros(())),
}


def case(name, path, box, size, mode="bilinear", operations=(), of="edges"):
    pixels = PICTURES[of]()
    image = torch.from_numpy(pixels).permute(2, 0, 1).float() / 255 if path == "tensor" else Image.fromarray(pixels)
    image = resize(image, box, size, mode)
    for operation, parameter in operations:
        image = OPERATIONS[operation](image, parameter)
    values = image if isinstance(image, torch.Tensor) else F.to_tensor(image)
    return {
        "name": name,
        "path": path,
        "picture": of,
        "box": box,
        "size": size,
        "mode": mode,
        "operations": [{"name": o, "parameters": p if isinstance(p, list) else [p]} for o, p in operations],
        "values": [int(round(v * 10000)) for v in values.permute(1, 2, 0).reshape(-1).tolist()],
    }


def cases():
    square = [3, 2, 16, 16]
    for path in ("tensor", "pillow"):
        yield case("enlarged", path, [5, 4, 9, 11], 20)
        yield case("shrunk", path, [0, 0, HEIGHT, WIDTH], 9)
        yield case("narrow", path, [2, 7, 26, 2], 12)
        yield case("one_pixel", path, [6, 5, 1, 1], 5)
        yield case("brightness_up", path, square, 16, operations=[("brightness", 1.7)])
        yield case("brightness_down", path, square, 16, operations=[("brightness", 0.3)])
        yield case("contrast_up", path, square, 16, operations=[("contrast", 1.8)])
        yield case("contrast_down", path, square, 16, operations=[("contrast", 0.2)])
        yield case("saturation_up", path, square, 16, operations=[("saturation", 1.8)])
        yield case("saturation_down", path, square, 16, operations=[("saturation", 0.25)])
        yield case("grayscale", path, square, 16, operations=[("grayscale", 0)])
        yield case("solarize", path, square, 16, operations=[("solarize", 0)])
        yield case("flip", path, [3, 2, 13, 15], 18, operations=[("flip", 0)])
    yield case("enlarged_bicubic", "tensor", [5, 4, 9, 11], 20, "bicubic")
    yield case("shrunk_bicubic", "tensor", [0, 0, HEIGHT, WIDTH], 9, "bicubic")
    # Pillow rounds and clips between its two passes, ours only at the end: at hard edges the overshoot differs, elsewhere it must not.
    yield case("enlarged_bicubic_smooth", "pillow", [5, 4, 9, 11], 20, "bicubic", of="smooth")
    yield case("shrunk_bicubic_smooth", "pillow", [0, 0, HEIGHT, WIDTH], 9, "bicubic", of="smooth")
    yield case("hue_forward", "tensor", square, 16, operations=[("hue", 0.17)])
    yield case("hue_back", "tensor", square, 16, operations=[("hue", -0.42)])
    yield case("blur_3", "tensor", square, 16, operations=[("blur", [3, 0.8])])
    yield case("blur_7", "tensor", [1, 1, 20, 20], 20, operations=[("blur", [7, 1.9])])
    yield case("normalize_erase", "tensor", square, 16, operations=[("normalize", 0), ("erase", [3, 5, 6, 9])])
    chain = [("flip", 0), ("saturation", 1.6), ("hue", 0.11), ("brightness", 1.3), ("contrast", 0.6), ("blur", [3, 1.1]), ("solarize", 0), ("normalize", 0)]
    yield case("simclr_chain", "tensor", [4, 1, 17, 21], 20, operations=chain)
    grey = [("contrast", 1.5), ("brightness", 0.7), ("hue", -0.2), ("saturation", 0.4), ("grayscale", 0), ("normalize", 0)]
    yield case("grey_chain", "tensor", [0, 0, HEIGHT, WIDTH], 11, operations=grey)


def quantiles(values):
    return [float(np.quantile(values, q)) for q in QUANTILES]


def crops(height, width, scale, ratio):
    image = torch.zeros(3, height, width)
    boxes = np.array([T.RandomResizedCrop.get_params(image, scale, ratio) for _ in range(SAMPLES)], dtype=float)
    top, left, h, w = boxes.T
    return {
        "height": height,
        "width": width,
        "scale": list(scale),
        "ratio": list(ratio),
        "area": quantiles(h * w / (height * width)),
        "aspect": quantiles(w / h),
        "top": quantiles(top / height),
        "left": quantiles(left / width),
    }


def erasings(size, scale, ratio):
    image = torch.zeros(3, size, size)
    boxes = np.array([T.RandomErasing.get_params(image, scale, ratio, [0.0])[:4] for _ in range(SAMPLES)], dtype=float)
    top, left, h, w = boxes.T
    return {"size": size, "scale": list(scale), "ratio": list(ratio), "area": quantiles(h * w / size**2), "aspect": quantiles(h / w), "top": quantiles(top / size)}


def jitters():
    draws = [T.ColorJitter.get_params((0.2, 1.8), (0.6, 1.4), (0.0, 2.2), (-0.2, 0.2)) for _ in range(SAMPLES)]
    first = [sum(int(d[0][0]) == part for d in draws) / SAMPLES for part in range(4)]
    return {
        "amounts": [0.8, 0.4, 1.2, 0.2],
        "brightness": quantiles([d[1] for d in draws]),
        "contrast": quantiles([d[2] for d in draws]),
        "saturation": quantiles([d[3] for d in draws]),
        "hue": quantiles([d[4] for d in draws]),
        "first": first,
        "orders": len({tuple(d[0].tolist()) for d in draws}),
    }


def main(folder):
    torch.manual_seed(0)
    made_with = {"torch": torch.__version__, "torchvision": torchvision.__version__, "pillow": PIL.__version__}
    with open(os.path.join(folder, "operations.json"), "w") as f:
        json.dump({"made_with": made_with, "height": HEIGHT, "width": WIDTH, "cases": list(cases())}, f, separators=(",", ":"))
    distributions = {
        "made_with": made_with,
        "samples": SAMPLES,
        "quantiles": QUANTILES,
        "crops": [
            crops(32, 32, (0.08, 1.0), (3 / 4, 4 / 3)),
            crops(48, 20, (0.3, 0.9), (0.5, 2.0)),
            crops(40, 160, (0.9, 1.0), (0.9, 1.1)),
        ],
        "erasings": [erasings(32, (0.02, 0.33), (0.3, 3.3))],
        "jitter": jitters(),
    }
    with open(os.path.join(folder, "distributions.json"), "w") as f:
        json.dump(distributions, f, indent=1)


main(sys.argv[1])
