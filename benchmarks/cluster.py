"""Machines, brokers and databases that are killed while many sources are crawled from several machines.

    python -m benchmarks.cluster [--quick] [--broker redis|rabbitmq] [--without-leases]

Three workers of two processes and two schedulers, each with a home folder of its own, crawl 30 sources of 30
articles, which a site on loopback publishes within two minutes. MongoDB is a replica set of three. Meanwhile
a worker's machine is killed, the broker, a worker's main process with a scheduler, and MongoDB's primary; a
machine stands still for 40 s, twice as long as a lease lasts. The site's log tells who asked what, when.

Exits 1 unless every article is a post, once; no source was asked by two crawls at once; sources of the killed
machine were crawled again within a lease's life and 5 s; and crawls began within 30 s of the broker's
return. `--quick`: 9 sources of 9 articles, without the last three faults. `--without-leases` runs
claims and crawls without leases, which has to fail.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from benchmarks.brokers import Process, free_port, listens, rabbitmq, redis, wait_for
from benchmarks.cluster_site import CRAWL, DELAY, SPIDER, Sources, served
from newscrawl.store.server import mongod

LIFE = 20.0  #: seconds that a lease lasts here
AGAIN = LIFE + 5.0  #: within which sources of a killed machine have to be crawled again
BACK = 30.0  #: seconds after the broker's return, within which crawls have to begin
STILL = 40.0  #: seconds that a machine stands still
ROOT = Path(__file__).parents[1]

#: In place of leases: nothing is held, and whoever reads that a job is due runs it.
WITHOUT_LEASES = """
import newscrawl.store.leases as leases
from newscrawl.locks import FileLeases

class Nothing(FileLeases):
    def take(self, name):
        class Held:
            token, wait = 0, 0.0
            def is_ours(self): return True
            def renew(self): return True
            def asked(self, delay): pass
            def release(self): pass
        held = Held()
        held.name = name
        return held
    def holders(self, names): return {}

leases.open_leases = lambda role="writer": Nothing()
from newscrawl.jobs import shared_jobs
from newscrawl.jobs.due import Claim

def claim(self, only=None):
    now = self._now()
    for document in self._due(now):
        moved = {"$set": self._moved_on(document, now)}
        self._jobs.update_one({"_id": document["_id"]}, moved)
        return Claim(job=shared_jobs.job_of(document), due=now)

def claimable(self, limit):
    return [each["_id"] for each in self._due(self._now())][:limit]

shared_jobs.SharedJobs.claim = claim
shared_jobs.SharedJobs.claimable = claimable
"""


@dataclass(slots=True)
class Table:
    """What was measured, and whether it is good enough."""

    rows: list[tuple[str, str, bool]] = field(default_factory=list)

    def add(self, what: str, figure: str, good: bool) -> None:
        self.rows.append((what, figure, good))

    def show(self) -> bool:
        """Prints it; whether all is good."""
        for what, figure, good in self.rows:
            print(f"{'ok  ' if good else 'FAIL'} {what:52} {figure}")
        return all(good for *_, good in self.rows)


class Node(Process):
    """A machine: a command of newscrawl and all that it started."""

    def __init__(self, name: str, words: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.name, self.home = name, folder / f"home-{name}"
        self.home.mkdir()
        own = {**environment, "CLUSTER_NODE": name, "NEWSCRAWL_HOME": str(self.home)}
        super().__init__([sys.executable, "-m", "newscrawl", *words], folder, own, folder / f"{name}.log")

    def pids(self) -> list[int]:
        """All processes that have this machine's home folder in their environment."""
        mark, found = f"NEWSCRAWL_HOME={self.home}\0".encode(), []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes() + b"\0":
                    found.append(int(entry.name))
        return found

    def signal_all(self, number: int) -> None:
        for _ in range(3 if number == signal.SIGKILL else 1):  # what was forked meanwhile
            for pid in self.pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def power_off(self) -> None:
        """Kills everything on the machine."""
        self.signal_all(signal.SIGKILL)
        assert self.process
        self.process.wait()


class Database:
    """A replica set of three, each a real mongod."""

    def __init__(self, folder: Path) -> None:
        program = str(mongod.find(folder).path)
        self.ports = [free_port() for _ in range(3)]
        self.members = [self._member(program, folder, n) for n in range(3)]
        names = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.uri = f"mongodb://{names}/?replicaSet=bench"
        members = [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)]
        first = pymongo.MongoClient(f"mongodb://127.0.0.1:{self.ports[0]}/?directConnection=true")
        wait_for(lambda: answers(first) and all(map(listens, self.ports)), 60, "mongod")
        first.admin.command("replSetInitiate", {"_id": "bench", "members": members})
        first.close()
        self.client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(self.uri, w="majority")
        wait_for(lambda: bool(self.client.primary), 60, "a primary")

    def _member(self, program: str, folder: Path, number: int) -> Process:
        data = folder / f"mongodb-{number}"
        data.mkdir()
        words = [
            *(program, "--replSet", "bench", "--port", str(self.ports[number]), "--bind_ip", "127.0.0.1"),
            *("--dbpath", str(data), "--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25", "--quiet"),
            *("--nounixsocket", "--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]
        return Process(words, folder, {}, folder / f"mongod-{number}.log")

    def primary(self) -> Process:
        """The member that takes writes now."""
        wait_for(lambda: bool(self.client.primary), 60, "a primary")
        address = self.client.primary
        assert address
        return self.members[self.ports.index(address[1])]

    @property
    def newscrawl(self) -> Any:
        """The database of newscrawl."""
        return self.client["newscrawl"]

    def close(self) -> None:
        self.client.close()
        for member in self.members:
            member.kill()


def answers(client: Any) -> bool:
    try:
        client.admin.command("ping")
    except PyMongoError:
        return False
    return True


@dataclass(slots=True)
class Bench:
    """The machines, and what is done to them."""

    sources: Sources
    database: Database
    broker: Process
    workers: list[Node]
    schedulers: list[Node]
    leases: bool
    table: Table = field(default_factory=Table)

    def at(self, seconds: float, what: str) -> None:
        """Waits for a moment of the bench."""
        pause = self.sources.began + seconds - time.monotonic()
        time.sleep(max(0.0, pause))
        stored = self.database.newscrawl["posts"].estimated_document_count()
        print(f"{time.monotonic() - self.sources.began:6.1f} s, {stored} posts: {what}", flush=True)

    def kill_node(self, node: Node) -> None:
        """A machine loses its power; its sources have to be crawled again."""
        wait_for(lambda: self.runs(node) != [], 60, f"a run on {node.name}")
        held = self.runs(node)
        node.power_off()
        killed = time.monotonic()
        wait_for(lambda: all(self._again(name, node, killed) for name in held), 120, "sources crawled again")
        took = max(self._again(name, node, killed) - killed for name in held)
        figure = f"{took:.1f} s ({len(held)} sources)"
        self.table.add("crawled again after a machine's death", figure, took <= AGAIN)
        node.start()

    def runs(self, node: Node, since: float = 0.0) -> list[str]:
        """The sources that a machine is crawling, by runs that began after a moment."""
        if not self.leases:
            now, begun = time.monotonic(), self.sources.crawls()
            last = [requests[-1] for requests in self.sources.by_host().values()]
            ours = [each for each in last if each.crawl.startswith(f"{node.name}:") and each.at > now - 2]
            return [each.host for each in ours if begun[each.crawl] > since]
        began = datetime.now(UTC) - timedelta(seconds=time.monotonic() - since)
        held = {"lease.holder.home": str(node.home), "lease.since": {"$gt": began}}
        return [document["_id"] for document in self.database.newscrawl["jobs"].find(held)]

    def _again(self, name: str, node: Node, after: float) -> float:
        """When another machine first asked a source after a moment; 0: never."""
        later = (
            each.at
            for each in self.sources.by_host()[name]
            if each.at > after and not each.crawl.startswith(f"{node.name}:")
        )
        return next(later, 0.0)

    def kill_broker(self, away: float) -> None:
        """The broker is killed with all that it holds, and comes back later."""
        self.broker.kill()
        time.sleep(away)
        self.broker.start()
        back, took = time.monotonic(), dict[str, float]()
        while len(took) < len(self.workers) and time.monotonic() < back + 3 * BACK:
            for node in self.workers:
                if node.name not in took and self.runs(node, back):
                    took[node.name] = time.monotonic() - back
            time.sleep(0.2)
        figure = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(took.items()))
        good = len(took) == len(self.workers) and max(took.values()) <= BACK
        self.table.add("runs begun after the broker's return, by worker", figure or "none", good)

    def kill_main(self, node: Node) -> None:
        """A worker's main process is killed, and started again as systemd would."""
        node.kill()
        time.sleep(3)
        left = [pid for pid in node.pids() if is_worker(pid)]
        node.start()
        self.table.add("processes that outlive a killed main process", str(len(left)), not left)

    def stand_still(self, node: Node) -> None:
        """A machine is frozen for twice a lease's life."""
        wait_for(lambda: self.runs(node) != [], 60, f"a run on {node.name}")
        node.signal_all(signal.SIGSTOP)
        time.sleep(STILL)
        node.signal_all(signal.SIGCONT)

    def kill_primary(self) -> None:
        """MongoDB's primary is killed, and comes back half a minute later."""
        member = self.database.primary()
        member.kill()
        time.sleep(30)
        member.start()

    def finish(self, seconds: float) -> None:
        """Waits for all posts, and judges."""
        wanted = len(self.sources.names) * self.sources.articles
        posts = self.database.newscrawl["posts"]
        until = time.monotonic() + seconds
        while posts.count_documents({}) < wanted and time.monotonic() < until:
            time.sleep(1)
        count, once = posts.count_documents({}), len(posts.distinct("url"))
        self.table.add("articles that are posts", f"{count} of {wanted}", count == wanted)
        self.table.add("posts of one article twice", str(count - once), count == once)
        overlaps = self.sources.overlaps()
        self.table.add(
            "two crawls of one source at once", f"{len(overlaps)} {overlaps[:3] or ''}", not overlaps
        )
        crawls, hosts = len(self.sources.crawls()), len(self.sources.by_host())
        self.table.add("sources crawled", f"{hosts}, {crawls} crawls", hosts == len(self.sources.names))


def is_worker(pid: int) -> bool:
    """Whether it is a process that serves a worker, and not a crawl that is ending."""
    ours = {b"worker", b"newscrawl.crawl.watch.process"}
    with suppress(OSError):
        words = set(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
        return not words.isdisjoint(ours) and not zombie(pid)
    return False


def zombie(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def prepare(folder: Path, sources: Sources, every: str) -> None:
    """The project: its spiders and jobs."""
    (folder / "spiders").mkdir()
    (folder / "spiders" / "__init__.py").write_text("")
    for name in sources.names:
        text = SPIDER.format(name=name, delay=DELAY, header=CRAWL)
        (folder / "spiders" / f"{name}.py").write_text(text)
    (folder / "jobs.toml").write_text(
        "".join(f'[jobs.{name}]\nspider = "{name}"\nevery = "{every}"\n' for name in sources.names)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="The fault bench of several machines.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--without-leases", action="store_true")
    parser.add_argument("--broker", choices=["redis", "rabbitmq"], default="redis")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    options = parser.parse_args()
    size, span = (9, 60.0) if options.quick else (30, 120.0)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="newscrawl-cluster-"))
        if options.keep:
            print(folder)
        else:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        sources = Sources([f"s{n:02}" for n in range(size)], size, span)
        prepare(folder, sources, "15s" if options.quick else "30s")
        return run(stack, folder, sources, options)


def run(stack: ExitStack, folder: Path, sources: Sources, options: argparse.Namespace) -> int:
    address = stack.enter_context(served(sources))
    database = Database(folder)
    stack.callback(database.close)
    broker = stack.enter_context(redis(folder) if options.broker == "redis" else rabbitmq(folder))
    url = broker.url
    environment = {
        "MONGODB_URI": database.uri,
        "NEWSCRAWL_NEWSROOM": address,
        "NEWSCRAWL_LEASE_SECONDS": f"{LIFE:g}",
        "PYTHONPATH": str(ROOT),
    }
    if options.without_leases:
        patches = folder / "without"
        patches.mkdir()
        (patches / "sitecustomize.py").write_text(WITHOUT_LEASES)
        environment["PYTHONPATH"] = f"{patches}:{ROOT}"
    load = [sys.executable, "-m", "newscrawl", "jobs", "load", "jobs.toml"]
    subprocess.run(load, cwd=folder, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    schedulers = [
        started(stack, f"scheduler{n}", ["schedule", "--broker", url], folder, environment) for n in (1, 2)
    ]
    workers = [
        started(stack, name, ["worker", "--broker", url, "--concurrency", "2"], folder, environment)
        for name in "abc"
    ]
    sources.began = time.monotonic()
    bench = Bench(sources, database, broker, workers, schedulers, not options.without_leases)
    first, second, third = workers
    bench.at(15, "a machine is killed")
    bench.kill_node(third)
    bench.at(50, "the broker is killed")
    bench.kill_broker(5)
    if not options.quick:
        bench.at(85, "a worker's main process is killed, and a scheduler")
        schedulers[0].kill()
        bench.kill_main(first)
        bench.at(95, f"a machine stands still for {STILL:g} s")
        bench.stand_still(second)
        schedulers[0].start()
        bench.at(150, "MongoDB's primary is killed")
        bench.kill_primary()
    elif options.without_leases:
        bench.at(60, f"a machine stands still for {STILL:g} s")
        bench.stand_still(second)
    bench.at(0, "all faults are over")
    bench.finish(120 if options.quick else 240)
    return 0 if bench.table.show() else 1


def started(stack: ExitStack, name: str, words: list[str], folder: Path, environment: dict[str, str]) -> Node:
    node = Node(name, words, folder, environment)
    stack.callback(node.signal_all, signal.SIGKILL)
    return node


if __name__ == "__main__":
    sys.exit(main())
