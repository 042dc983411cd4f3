"""Images a second of step_peer.py's SimCLR step in PyTorch: one process, or several with DistributedDataParallel over Gloo.

Each process has one thread and BATCH images. Embeddings are gathered, so the loss is that of the whole batch. Batch norm is that of each
process: PyTorch's SyncBatchNorm refuses tensors that are not on a GPU.

Prints one number. Usage: python3 scaling_peer.py PROCESSES BATCH
"""
import os
import sys
import tempfile
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch.nn.parallel import DistributedDataParallel

from step_peer import Encoder

STEPS, WARMUP = 6, 3


class Gather(torch.autograd.Function):
    """All processes' rows; gradients go to this process's own rows. DistributedDataParallel averages them, hence the factor."""

    @staticmethod
    def forward(ctx, own):
        rows = [torch.empty_like(own) for _ in range(dist.get_world_size())]
        dist.all_gather(rows, own.contiguous())
        return torch.cat(rows)

    @staticmethod
    def backward(ctx, grad):
        return grad.chunk(dist.get_world_size())[dist.get_rank()] * dist.get_world_size()


def rate(processes, batch):
    """Images a second of all processes."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Encoder().to(memory_format=torch.channels_last)
    if processes > 1:
        model = DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.12, momentum=0.9, weight_decay=5e-4, nesterov=True)
    images = torch.randn(2 * batch, 3, 32, 32).to(memory_format=torch.channels_last)
    rows = 2 * batch * processes
    # Each process's rows are its images' first views and then their second ones.
    place = torch.arange(rows)
    targets = place - place % (2 * batch) + (place + batch) % (2 * batch)
    times = []
    for _ in range(WARMUP + STEPS):
        start = time.perf_counter()
        z = F.normalize(model(images))
        if processes > 1:
            z = Gather.apply(z)
        similarities = (z @ z.T / 0.2).masked_fill(torch.eye(rows, dtype=torch.bool), float("-inf"))
        loss = F.cross_entropy(similarities, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    return processes * batch / sorted(times[WARMUP:])[STEPS // 2]


def worker(rank, processes, batch, store):
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=processes)
    result = rate(processes, batch)
    if rank == 0:
        print(result)
    dist.barrier()


def main():
    processes, batch = int(sys.argv[1]), int(sys.argv[2])
    if processes == 1:
        print(rate(1, batch))
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(worker, (processes, batch, os.path.join(folder, "store")), nprocs=processes)


if __name__ == "__main__":
    main()
