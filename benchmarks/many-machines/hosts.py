"""Several "hosts" on one Linux machine: network namespaces, each with an address and a link of its own. Needs root and iproute2."""

import collections
import fcntl
import multiprocessing
import os
import select
import struct
import subprocess
import sys
import time

NETWORK = "10.77.0"
BRIDGE = "autodidact-br"
TAP_MTU = 9000


def sh(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


class Hosts:
    """
    Links run at a rate that the kernel's token bucket holds (tc tbf). Without a delay, they are pairs of veth on a bridge. The kernel's
    own delay (tc netem) is missing on many machines, so with a delay they are TAP devices, between which a process of this program
    carries each frame after half the round trip.
    """

    def __init__(self, count=4, rate="1gbit", round_trip_ms=0):
        self.count, self.rate, self.round_trip_ms = count, rate, round_trip_ms
        self._carrier = None
        self._cut = multiprocessing.Array("b", count + 1)

    @staticmethod
    def name(host):
        return f"autodidact-h{host}"

    @staticmethod
    def address(host):
        return f"{NETWORK}.{host}"

    def __enter__(self):
        self.remove()
        taps = []
        if not self.round_trip_ms:
            sh("ip", "link", "add", BRIDGE, "type", "bridge")
            sh("ip", "link", "set", BRIDGE, "up")
        for host in range(1, self.count + 1):
            name, outside = self.name(host), f"autodidact-v{host}"
            sh("ip", "netns", "add", name)
            if self.round_trip_ms:
                taps.append(tap(outside))
                sh("ip", "link", "set", outside, "netns", name)
                sh("ip", "-n", name, "link", "set", outside, "name", "eth0", "mtu", str(TAP_MTU))
            else:
                sh("ip", "link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
                sh("ip", "link", "set", outside, "master", BRIDGE, "up")
            sh("ip", "-n", name, "addr", "add", f"{self.address(host)}/24", "dev", "eth0")
            sh("ip", "-n", name, "link", "set", "eth0", "up")
            sh("ip", "-n", name, "link", "set", "lo", "up")
            if self.rate:
                sh("tc", "-n", name, "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", self.rate, "burst", "256kb", "latency", "50ms")
        if taps:
            self._carrier = multiprocessing.Process(target=carry, args=(taps, self.round_trip_ms / 2000, self._cut), daemon=True)
            self._carrier.start()
            for file in taps:
                os.close(file)
        return self

    def __exit__(self, *_):
        self.remove()

    def cut(self, host):
        """Ends a link without a word to either side, as a pulled cable between two switches does."""
        self._cut[host] = 1
        if not self._carrier:
            sh("ip", "link", "set", f"autodidact-v{host}", "down")

    def mend(self):
        for host in range(1, self.count + 1):
            self._cut[host] = 0
            if not self._carrier:
                sh("ip", "link", "set", f"autodidact-v{host}", "up")
            sh("ip", "-n", self.name(host), "neigh", "flush", "dev", "eth0")
        time.sleep(1)

    def processes(self, host, program=None):
        """Processes of a host; with a program, those that run it."""
        found = []
        for pid in map(int, sh("ip", "netns", "pids", self.name(host), check=False).split()):
            try:
                with open(f"/proc/{pid}/comm") as comm:
                    if program in (None, comm.read().strip()):
                        found.append(pid)
            except OSError:
                pass
        return found

    def round_trip(self):
        """Milliseconds from the first host to the last and back: the least that the refusal of a connection took."""
        ask = (
            "import socket, time\n"
            "def once():\n"
            "    start = time.monotonic()\n"
            f"    socket.socket().connect_ex(('{self.address(self.count)}', 9))\n"
            "    return time.monotonic() - start\n"
            "print(f'{1000 * min(once() for _ in range(5)):.2f}')"
        )
        return float(sh("ip", "netns", "exec", self.name(1), sys.executable, "-c", ask))

    def remove(self):
        for host in range(1, self.count + 1):
            for pid in self.processes(host):
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
            sh("ip", "link", "del", f"autodidact-v{host}", check=False)
            sh("ip", "netns", "del", self.name(host), check=False)
        sh("ip", "link", "del", BRIDGE, check=False)
        if self._carrier:
            self._carrier.terminate()
            self._carrier.join()
            self._carrier = None


def tap(name):
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    set_interface, is_tap, without_header = 0x400454CA, 0x0002, 0x1000
    fcntl.ioctl(file, set_interface, struct.pack("16sH22x", name.encode(), is_tap | without_header))
    return file


def carry(taps, delay, cut):
    """A switch of Ethernet frames that holds each for some time."""
    ports = {file: port for port, file in enumerate(taps, 1)}
    known, waiting = {}, collections.deque()
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, source, frame = waiting.popleft()
            target = known.get(frame[:6])
            for file in [target] if target else taps:
                if file == source or cut[ports[file]]:
                    continue
                try:
                    os.write(file, frame)
                except OSError:
                    pass  # A full device loses a frame, as any switch does.
        ready, _, _ = select.select(taps, [], [], max(0, waiting[0][0] - now) if waiting else None)
        for file in ready:
            for _ in range(64):
                try:
                    frame = os.read(file, TAP_MTU + 64)
                except OSError:
                    break
                if cut[ports[file]]:
                    continue
                known[frame[6:12]] = file
                waiting.append((time.monotonic() + delay, file, frame))
