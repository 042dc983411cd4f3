"""Writes small PyTorch checkpoints for the tests of TorchFileReader. Run: python3 tools/reference/torch_files.py tests/Autodidact.Tests/Fixtures/serialization"""
import argparse
import collections
import os
import pickle
import sys
import zipfile

import torch


class Evil:
    def __reduce__(self):
        return (os.system, ("touch SHOULD_NOT_EXIST",))


def values(*shape):
    count = 1
    for d in shape:
        count *= d
    return (torch.arange(count, dtype=torch.float32) * 0.5 - 1).reshape(shape)


def main(folder):
    weights = values(4, 3, 2, 2)
    shared = values(6)
    state = collections.OrderedDict(
        [
            ("conv1.weight", weights),
            ("channels_last", weights.to(memory_format=torch.channels_last)),
            ("transposed", values(2, 3).t()),
            ("window", shared[2:5]),
            ("shared", shared),
            ("parameter", torch.nn.Parameter(values(2))),
            ("count", torch.tensor(12345678901)),
            ("half", values(3).half()),
            ("bfloat", values(3).bfloat16()),
            ("double", values(3).double()),
            ("flags", torch.tensor([True, False, True])),
            ("empty", torch.empty(0, 5)),
        ]
    )
    state._metadata = {"": {"version": 1}}
    checkpoint = {
        "epoch": 7,
        "arch": "resnet",
        "best": 0.25,
        "args": argparse.Namespace(lr=0.1, name="x"),
        "state_dict": state,
        "optimizer": {"state": {0: {"momentum_buffer": values(2)}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    }
    torch.save(checkpoint, os.path.join(folder, "checkpoint.pth"))
    torch.save(checkpoint, os.path.join(folder, "legacy.pth"), _use_new_zipfile_serialization=False)
    torch.save({"weights": Evil()}, os.path.join(folder, "evil.pth"))
    torch.save({"weights": Evil()}, os.path.join(folder, "evil-legacy.pth"), _use_new_zipfile_serialization=False)
    with open(os.path.join(folder, "evil.pkl"), "wb") as file:
        pickle.dump(Evil(), file, protocol=2)


if __name__ == "__main__":
    main(sys.argv[1])
