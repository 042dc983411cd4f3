#!/usr/bin/env python3
"""
Whole runs by one rank on each of four "hosts", disturbed once in each stage: a rank is killed, a link is cut, the disk is filled.

After each fault the same command is repeated without one, and must end in the bits of a run that nothing disturbed. Prints a table in
Markdown; status 1 if a run hung, lost work, or ended in other bits. Needs root, iproute2, a build of the command, and an MPI library.

    dotnet build -c Release src/Autodidact.Cli
    benchmarks/many-machines/faults.py --library openmpi --library mpich
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from hosts import Hosts

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parents[1] / "src/Autodidact.Cli/bin/Release/net10.0/Autodidact.Cli.dll"
STAGES = ["pretrain", "cluster", "distill", "evaluate", "export"]
FAULTS = ["kill-other", "kill-first", "cut", "full"]
OTHER = 3  # The host that loses its rank or its link; its rank is 2.
DISK_MB = 48
OPTIONS = [
    "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "10",
    "--set", "data.synthetic_train=1200", "--set", "data.synthetic_test=400", "--set", "data.holdout=0.1",
    "--set", "pretrain.epochs=4", "--set", "pretrain.batch_size=128", "--set", "distill.epochs=3", "--set", "distill.batch_size=128",
    "--set", "cluster.restarts=200",
]  # fmt: skip
RESULTS = ["encoder.safetensors", "clusters.safetensors", "student.safetensors", "predictions.npy", "model/full.onnx"]


class Launcher:
    """Starts ranks, one on each host."""

    def __init__(self, library, hosts, folder, limit, program, more):
        self.library, self.hosts, self.folder, self.limit, self.program, self.more = library, hosts, folder, limit, program, more

    def start(self, log, words):
        addresses = ",".join(self.hosts.address(host) for host in range(1, self.hosts.count + 1))
        if self.library == "openmpi":
            own = ["mpirun.openmpi", "--mca", "plm_rsh_agent", HERE / "agent.sh", "--mca", "btl", "tcp,self", "--bind-to", "none"]
            for part in ("btl", "oob"):
                own += ["--mca", f"{part}_tcp_if_include", f"{self.hosts.address(0)}/24"]
            # Without these, mpirun waits for a host that is cut off.
            for name, value in (("time", 10), ("intvl", 5), ("probes", 3)):
                own += ["--mca", f"oob_tcp_keepalive_{name}", value]
            own += ["--host", addresses]
        else:
            own = ["mpirun.mpich", "-launcher", "ssh", "-launcher-exec", HERE / "agent.sh", "-hosts", addresses, "-iface", "eth0"]
        variables = {
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "TERM": "dumb", "UCX_TLS": "tcp,self",
            "CACHES": str(self.folder / "caches"), "AUTODIDACT_RANK_LIMIT": str(self.limit),
        }  # fmt: skip
        command = [*own, *self.more, "-n", str(self.hosts.count), "dotnet", self.program, *words]
        return subprocess.Popen(
            [HERE / "agent.sh", self.hosts.address(1), "exec", *map(str, command)],
            env=os.environ | variables, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
        )  # fmt: skip

    def run(self, log, words, limit=900):
        """To the end; the exit status, and None where it does not end."""
        with open(log, "w") as out:
            process = self.start(out, words)
            return ended(process, limit)


def ended(process, limit):
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None


class Case:
    """One fault in one stage."""

    def __init__(self, launcher, stage, fault, bits):
        self.launcher, self.stage, self.fault, self.bits = launcher, stage, fault, bits
        self.name = f"{launcher.library}-{stage}-{fault}"
        self.disk = launcher.folder / "disk"
        self.run = self.disk / "run"

    def words(self):
        """The command of the stage alone; for the last one of a whole run, that of the run."""
        if self.stage == "evaluate":
            return ["run", "--out", self.run, *OPTIONS]
        return [self.stage, self.run, *(OPTIONS if self.stage == "pretrain" else [])]

    def do(self):
        """The row of the table, and what is wrong with it."""
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", self.disk], check=True)
        try:
            return self.disturb()
        finally:
            subprocess.run(["umount", "-l", self.disk], check=True)

    def disturb(self):
        before = STAGES.index(self.stage)
        if before:
            shutil.copytree(self.launcher.folder / "stages" / STAGES[before - 1], self.run)
        log = self.launcher.folder / f"{self.name}.log"
        hosts = self.launcher.hosts
        with open(log, "w") as out:
            process = self.launcher.start(out, self.words())
            if not self.await_stage(process, log):
                return None, f"{self.name}: it ended before the fault; see {log}"
            clock = time.monotonic()
            self.strike(hosts)
            status = ended(process, self.launcher.limit + 90)
            seconds = time.monotonic() - clock
        left = self.await_end(hosts)
        all_seconds = time.monotonic() - clock
        hosts.mend()
        end_all(process, hosts)
        (self.disk / "filler").unlink(missing_ok=True)
        (line, problems) = self.judge(log.read_text(errors="replace"), status, left)
        again = self.launcher.folder / f"{self.name}-again.log"
        resumed = self.launcher.run(again, self.words())
        text = again.read_text(errors="replace")
        if resumed is None:
            end_all(process, hosts)
        if resumed != 0:
            problems.append(f"the repetition ended with {resumed}")
        elif (different := {name: digest for name, digest in digests(self.run).items() if self.bits.get(name) != digest}):
            problems.append(f"other bits: {', '.join(different)}")
        kept = f"{text.count('already done')} stages" + (", resumed" if "resuming" in text else "")
        shown = "none" if status is None else status
        row = [
            self.launcher.library, self.stage, self.fault, line, shown, f"{seconds:.0f} s, {all_seconds:.0f} s", kept,
            "same bits" if not problems else "; ".join(problems),
        ]  # fmt: skip
        return row, f"{self.name}: {'; '.join(problems)}" if problems else None

    def await_stage(self, process, log):
        """Waits until the stage is at work, and has left something to go on from where it leaves it before its end."""
        while process.poll() is None:
            if re.search(rf"\] {self.stage}: ", log.read_text(errors="replace")):
                if self.stage not in ("pretrain", "distill"):
                    time.sleep(0.4)
                    return True
                if list(self.run.glob(f"checkpoints/{self.stage}-*.safetensors")):
                    return True
            time.sleep(0.02)
        return False

    def await_end(self, hosts):
        """Waits until no rank is left on any host; the hosts where one is all the same."""
        until = time.monotonic() + self.launcher.limit + 40
        while (left := [host for host in range(1, hosts.count + 1) if hosts.processes(host, "dotnet")]) and time.monotonic() < until:
            time.sleep(0.2)
        return left

    def strike(self, hosts):
        if self.fault == "cut":
            hosts.cut(OTHER)
        elif self.fault == "full":
            fill(self.disk / "filler")
        else:
            for pid in hosts.processes(OTHER if self.fault == "kill-other" else 1, "dotnet"):
                os.kill(pid, signal.SIGKILL)

    def judge(self, text, status, left):
        """The line that tells the user, and what is wrong."""
        lines = [line.strip() for line in text.splitlines()]
        ours = [line for line in lines if line.startswith(("error: ", "autodidact: "))]
        launchers = [line for line in lines if re.search("noticed that process|KILLED BY SIGNAL|BAD TERMINATION|RUNNING AT|lost", line)]
        problems = []
        if status is None:
            problems.append("hung")
        elif status == 0:
            problems.append("ended with 0")
        if left:
            problems.append(f"left processes on {', '.join(f'h{host}' for host in left)}")
        if any(line.startswith("at Autodidact.") for line in lines):
            problems.append("stack trace")
        if not ours and not launchers:
            problems.append("silent")
        return (ours or [" ".join(launchers)])[0].replace("|", "\\|").replace(str(self.disk), "DISK"), problems


def fill(path):
    with open(path, "wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                pass


def digests(run):
    """Those of the results that are there. A graph holds the moment when it was written, which is left out."""
    moment = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
    return {name: hashlib.sha256(moment.sub(b"", (run / name).read_bytes())).hexdigest() for name in RESULTS if (run / name).exists()}


def end_all(process, hosts):
    for host in range(1, hosts.count + 1):
        for pid in hosts.processes(host):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    process.wait()


def prepare(launcher):
    """Runs undisturbed, stage by stage, and keeps a copy of the run after each."""
    stages = launcher.folder / "stages"
    shutil.rmtree(stages, ignore_errors=True)
    run = launcher.folder / "undisturbed" / "run"  # A graph holds the name of its run.
    shutil.rmtree(run, ignore_errors=True)
    clock = time.monotonic()
    for stage in STAGES:
        words = [stage, run, *(OPTIONS if stage == "pretrain" else [])]
        log = launcher.folder / f"{launcher.library}-undisturbed-{stage}.log"
        if launcher.run(log, words) != 0:
            raise SystemExit(f"the undisturbed {stage} failed; see {log}")
        shutil.copytree(run, stages / stage)
    print(f"undisturbed: {time.monotonic() - clock:.0f} s", file=sys.stderr)
    return digests(run)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", action="append", choices=["openmpi", "mpich"])
    parser.add_argument("--stage", action="append", choices=STAGES)
    parser.add_argument("--fault", action="append", choices=FAULTS)
    parser.add_argument("--rate", default="1gbit", help="of each link, as tc takes it [1gbit]")
    parser.add_argument("--round-trip-ms", type=float, default=0, help="delay of the links, both ways together [0]")
    parser.add_argument("--limit", type=int, default=20, help="seconds that ranks wait for one that does not come [20]")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/autodidact-faults"), help="logs and runs [/tmp/autodidact-faults]")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="Autodidact.Cli.dll")
    parser.add_argument("--mpirun", default="", help="further options of mpirun")
    asked = parser.parse_args()
    (asked.folder / "disk").mkdir(parents=True, exist_ok=True)
    print("| library | stage | fault | seen | status | launcher and all ranks ended after | kept | repeated |\n| --- | --- | --- | --- | --- | ---: | --- | --- |")
    wrong, bits = [], None
    with Hosts(rate=asked.rate, round_trip_ms=asked.round_trip_ms) as hosts:
        print(f"round trip: {hosts.round_trip()} ms", file=sys.stderr)
        for library in asked.library or ["openmpi", "mpich"]:
            launcher = Launcher(library, hosts, asked.folder, asked.limit, asked.program, asked.mpirun.split())
            bits = bits or prepare(launcher)
            for stage in asked.stage or STAGES:
                for fault in asked.fault or FAULTS:
                    row, problem = Case(launcher, stage, fault, bits).do()
                    if row:
                        print(f"| {' | '.join(map(str, row))} |", flush=True)
                    if problem:
                        wrong.append(problem)
                        print(problem, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
