"""Dockerfile and compose.yaml, as far as reading them goes: no image is built here."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml
from pymongo.uri_parser import parse_uri

from newscrawl.cli import area_of
from newscrawl.jobs.broker import check_broker

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile and its arguments, on one line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [(words[0], words[1]) for line in text.splitlines() if len(words := line.split(None, 1)) == 2]


def test_the_image_runs_newscrawl_as_a_user_of_its_own() -> None:
    found = instructions()
    stages = [number for number, (name, _) in enumerate(found) if name == "FROM"]
    assert len(stages) == 2, "what builds is not in the image"
    last = dict(found[stages[-1] :])
    assert last["USER"] == "newscrawl"
    assert json.loads(last["ENTRYPOINT"]) == ["newscrawl"]
    assert f"NEWSCRAWL_HOME={last['VOLUME']}" in last["ENV"].split()
    assert not [words for _, words in found if "mongod" in words], "no embedded server"


def test_what_is_copied_is_there_and_sent() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        words.split()[:-1] for name, words in instructions() if name == "COPY" and "--from" not in words
    ]
    names = {name for names in copied for name in names}
    assert names == sent
    assert not [name for name in names if not (ROOT / name).exists()]


def test_each_service_runs_a_command_and_keeps_its_home() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert "profiles" not in services.pop("mongodb"), "`docker compose up` starts MongoDB alone"
    assert services.pop("redis")["profiles"] == ["cluster"]
    profiles = {"scheduler": "all", "serve": "all", "dispatcher": "cluster", "worker": "cluster"}
    assert services.keys() == profiles.keys()
    for name, service in services.items():
        assert area_of(service["command"].split()), name
        assert service["profiles"] == [profiles[name]]
        own = "/var/lib/newscrawl" if "deploy" in service else ":/var/lib/newscrawl"
        assert any(volume.endswith(own) for volume in service["volumes"])
        if "broker" in service["command"]:
            check_broker(service["command"].split()[-1])
        assert service["depends_on"] == {"mongodb": {"condition": "service_healthy"}}
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_a_replica_set_of_three_is_laid_over_the_services() -> None:
    under = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    services = yaml.safe_load((ROOT / "deploy" / "replica-set.yaml").read_text())["services"]
    members = {name: service for name, service in services.items() if name.startswith("mongodb")}
    initiate = members["mongodb"]["healthcheck"]["test"][-1]
    named = set(re.findall(r'host: "(\w+):27017"', initiate))
    assert named == members.keys()
    assert len(named) == 3
    replica_set = re.search(r'_id: "(\w+)"', initiate)
    assert replica_set
    options = f"--replSet {replica_set[1]} "
    merged = [{**under.get(name, {}), **service} for name, service in members.items()]
    assert all(options in each["command"] for each in merged)
    assert len({each["volumes"][0] for each in merged}) == 3, "each has a volume of its own"
    uses = {name for name, service in under.items() if "MONGODB_URI" in service.get("environment", {})}
    assert services.keys() - members.keys() == uses
    for name in uses:
        found = parse_uri(services[name]["environment"]["MONGODB_URI"])
        assert {host for host, _ in found["nodelist"]} == named
        assert found["options"]["replicaSet"] == replica_set[1]
