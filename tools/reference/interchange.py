#!/usr/bin/env python3
"""The other side of the tests of .pth files, run by them where PyTorch and torchvision are at hand.

interchange.py write DEPTH FILE FEATURES   torchvision's ResNet with formula weights: its state dictionary, and its features of formula images
interchange.py check DEPTH FILE FEATURES   loads FILE into torchvision's ResNet, strictly, and writes its features of the same images
"""
import sys

import numpy as np
import torch

from models import fill, images, resnet


def main(mode, depth, file, features):
    net = resnet(int(depth))
    net.fc = torch.nn.Identity()
    if mode == "write":
        torch.save(fill(net).state_dict(), file)
    else:
        net.load_state_dict(torch.load(file), strict=True)
    with torch.no_grad():
        np.save(features, net.eval()(images(2, 64)).numpy())


if __name__ == "__main__":
    main(*sys.argv[1:])
