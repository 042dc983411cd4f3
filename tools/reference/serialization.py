#!/usr/bin/env python3
"""Small files for tests/Autodidact.Tests/Serialization: .npy arrays by NumPy itself, and a safetensors file put together by hand from the format's
description. Run:  python3 tools/reference/serialization.py"""
import json
import pathlib
import struct

import numpy as np

OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "Autodidact.Tests" / "Fixtures" / "serialization"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    np.save(OUT / "float32-3x2.npy", np.arange(6, dtype="<f4").reshape(3, 2) / 4)
    np.save(OUT / "float64-4.npy", np.arange(4, dtype="<f8") / 8)
    np.save(OUT / "int32-2x3x2.npy", np.arange(12, dtype="<i4").reshape(2, 3, 2) - 6)
    np.save(OUT / "int64-scalar.npy", np.array(1 << 40, dtype="<i8"))
    np.save(OUT / "uint8-0x5.npy", np.zeros((0, 5), dtype="u1"))
    np.save(OUT / "fortran.npy", np.asfortranarray(np.arange(6, dtype="<f4").reshape(3, 2)))

    values = {
        "weight": ("F32", [2, 3], np.arange(6, dtype="<f4").tobytes()),
        "steps": ("I64", [], struct.pack("<q", -(1 << 40))),
        "half": ("BF16", [2], b"\x80\x3f\x00\x40"),
        "none": ("F64", [0, 4], b""),
        "mask": ("BOOL", [3], b"\x01\x00\x01"),
    }
    header, data = {"__metadata__": {"made": "by hand"}}, b""
    for name, (dtype, shape, raw) in values.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    (OUT / "by-hand.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    main()
