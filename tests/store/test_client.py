"""Connections: what fails is told plainly and without passwords."""

from __future__ import annotations

import asyncio
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import DatabaseUnavailable
from newscrawl.read import Posts
from newscrawl.store import client
from newscrawl.store.server.credentials import Role

ADDRESS = "mongodb://crawler:s3cr%40t@127.0.0.1:1/?replicaSet=r&serverSelectionTimeoutMS=100"


@pytest.fixture(autouse=True)
def _no_pause_between_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyMongo asks a server that is away every half second, however short its patience."""
    monkeypatch.setattr("pymongo.common.MIN_HEARTBEAT_INTERVAL", 0.01)


def test_times_come_back_aware(database: str) -> None:
    moment = datetime(2026, 3, 8, 0, 37, tzinfo=UTC)
    with client.connect("writer") as writer:
        writer[database].times.insert_one({"at": moment})
        [kept] = writer[database].times.find()
        assert kept["at"] == moment


def test_async_clients_see_the_same(database: str) -> None:
    async def write_and_read() -> int:
        async with await client.connect_async("writer") as writer:
            await writer[database].marks.insert_one({})
        async with await client.connect_async("reader") as reader:
            return await reader[database].marks.count_documents({})

    assert asyncio.run(write_and_read()) == 1


@pytest.mark.parametrize("role", ["reader", "writer", "admin"])
def test_every_role_is_let_in(mongo_home: Path, role: Role) -> None:
    client.check_reachable(role)


def test_a_server_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", ADDRESS)
    monkeypatch.setitem(client._OPTIONS, "serverSelectionTimeoutMS", 100)
    with pytest.raises(DatabaseUnavailable, match="refused") as told:
        client.check_reachable("writer")
    assert "crawler:***@127.0.0.1:1" in str(told.value)
    assert "s3cr" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://u:s3cret@db/",
        "mongodb://u:s3cret@db:port/",
        "mongodb://u:s3cret@@db/",
        "mongodb://u:s3c%ret@db/",
        "mongodb://u:s3cret@db/?replicaSet=r&replicaSet",
        "u:s3cret@db",
        "mongodb+srv://u:s3cret@localhost/",
    ],
)
def test_a_wrong_address_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch, address: Any) -> None:
    monkeypatch.setenv("MONGODB_URI", address)
    with pytest.raises(DatabaseUnavailable, match="MONGODB_URI") as told:
        client.check_reachable("reader")
    assert "s3c" not in str(told.value)


def test_an_address_without_its_scheme_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyMongo would look for a host of that name."""
    monkeypatch.setenv("MONGODB_URI", "127.0.0.1:27017")
    with pytest.raises(DatabaseUnavailable, match="MONGODB_URI does not start with mongodb://"):
        client.check_reachable("writer")


@pytest.mark.parametrize(
    "option",
    ["ssl=maybe", "tls=yes", "readPreference=foo", "maxPoolSize=-1", "authMechanism=FOO"],
)
def test_an_option_with_an_invalid_value_is_refused(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """pymongo would leave it out: `ssl=maybe` would be a connection without TLS."""
    monkeypatch.setenv("MONGODB_URI", f"mongodb://u:hidden@127.0.0.1:1/?{option}")
    with pytest.raises(DatabaseUnavailable, match=r"\(MONGODB_URI\) cannot be used") as failed:
        client.connect("reader")
    assert "hidden" not in str(failed.value)
    assert "refused" not in str(failed.value)


def test_a_wrong_password_is_told(mongo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", client.uri("writer").replace("writer:", "writer:wr0ng"))
    with pytest.raises(DatabaseUnavailable, match="Authentication failed") as told:
        client.check_reachable("writer")
    assert "wr0ng" not in str(told.value)


def test_readers_may_have_an_address_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://w@db/")
    assert client.uri("reader") == "mongodb://w@db/"
    monkeypatch.setenv("MONGODB_READ_URI", "mongodb://r@db/")
    assert (client.uri("reader"), client.uri("writer")) == ("mongodb://r@db/", "mongodb://w@db/")


def test_readers_with_an_address_of_their_own_start_nothing(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_READ_URI", "mongodb://r@db/")
    assert client.uri("reader") == client.running_uri("reader") == "mongodb://r@db/"
    assert list(own_home.iterdir()) == []


AWAY = "?serverSelectionTimeoutMS=100"


@pytest.mark.parametrize(
    "named",
    [
        {"MONGODB_READ_URI": "mongodb://r:s3cret@127.0.0.1:1/"},
        {"MONGODB_URI": "mongodb://w@127.0.0.1:2/", "MONGODB_READ_URI": "mongodb://r@127.0.0.1:1/"},
        {"MONGODB_URI": "mongodb://w@127.0.0.1:2/"},
        {},
    ],
)
def test_an_address_given_in_code_is_not_called_by_a_variable(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, named: Any
) -> None:
    for name, address in named.items():
        monkeypatch.setenv(name, address)
    with (
        Posts.connect(f"mongodb://127.0.0.1:1/{AWAY}") as posts,
        pytest.raises(DatabaseUnavailable, match=r"^MongoDB cannot be used: 127\.0\.0\.1:1: ") as error,
    ):
        posts.count()
    assert "embedded" not in str(error.value)


@pytest.mark.parametrize("other", [None, f"mongodb://w:writer@127.0.0.1:2/{AWAY}"])
def test_the_variable_that_was_used_is_named(monkeypatch: Any, other: Any) -> None:
    if other:
        monkeypatch.setenv("MONGODB_URI", other)
    monkeypatch.setenv("MONGODB_READ_URI", f"mongodb://r:s3cret@127.0.0.1:1/{AWAY}")
    with (
        Posts.connect() as posts,
        pytest.raises(DatabaseUnavailable, match=r"r:\*\*\*@127\.0\.0\.1:1/.* \(MONGODB_READ_URI\)"),
    ):
        posts.count()


def test_options_of_a_connection_string_go_over_ours() -> None:
    ours = client.client_options("mongodb://db/?replicaSet=rs0")
    theirs = client.client_options("mongodb://db/?ServerSelectionTimeoutMS=100&appName=desk&w=1")
    assert (ours["serverSelectionTimeoutMS"], ours["appname"]) == (5000, "newscrawl")
    assert not {"serverSelectionTimeoutMS", "appname"} & set(theirs)
    assert theirs["w"] == "majority", "a post that is confirmed survives the loss of a server"


def test_a_refused_login_of_the_reader_names_the_reader_s_address(mongo_home: Any, monkeypatch: Any) -> None:
    wrong = client.uri("reader").replace("reader:", "reader:wr0ng")
    monkeypatch.setenv("MONGODB_URI", client.uri("writer"))
    monkeypatch.setenv("MONGODB_READ_URI", wrong)
    with (
        Posts.connect() as posts,
        pytest.raises(DatabaseUnavailable, match=r"MONGODB_READ_URI.*Authentication failed") as told,
    ):
        posts.count()
    assert "wr0ng" not in str(told.value)


@pytest.mark.parametrize("name", ["MONGODB_URI", "MONGODB_READ_URI"])
@pytest.mark.parametrize(
    "address",
    [
        "mongodb://u:S3cret@part@127.0.0.1:1/",
        "mongodb://u:p@S3cret/w%rd@127.0.0.1:1/",
        "mongodb://u:p/S3cret@127.0.0.1:1/",
        "mongodb://u:S3cret%zz@127.0.0.1:1/",
        "mongodb://u:S3cret%@127.0.0.1:1/",
        "mongodb://u:p?S3cret@127.0.0.1:1/",
        "mongodb://u:p#S3cret@127.0.0.1:1/",
        "mongodb://u@x:S3cret@127.0.0.1:1/",
        "mongodb+srv://u:p@S3cret@cluster.invalid/",
        f"mongodb://u:%53%33cret@127.0.0.1:1/{AWAY}",
        f"mongodb://127.0.0.1:1/{AWAY}&tls=true&tlsCertificateKeyFilePassword=S3cret",
        f"mongodb://127.0.0.1:1/{AWAY}&tls=true&TLSCERTIFICATEKEYFILEPASSWORD=S3cret%2Fx",
        f"mongodb://K:x@127.0.0.1:1/{AWAY}&authMechanism=MONGODB-AWS"
        "&authMechanismProperties=AWS_SESSION_TOKEN:S3cret%2Fx",
        f"mongodb://K:x@127.0.0.1:1/{AWAY}&authMechanism=MONGODB-AWS"
        "&authMechanismProperties=AWS_SESSION_TOKEN%3AS3cret",
        "mongodb://127.0.0.1:1/?tlsCertificateKeyFilePassword=S3cret&replicaSet",
        "mongodb://127.0.0.1:1/?proxyHost=h&proxyPassword=S3cret&replicaSet",
    ],
)
def test_no_secret_of_an_address_is_shown(monkeypatch: Any, name: Any, address: Any) -> None:
    monkeypatch.setenv(name, address)
    monkeypatch.setitem(client._OPTIONS, "serverSelectionTimeoutMS", 100)
    with pytest.raises(DatabaseUnavailable, match=name) as told:
        client.check_reachable("reader")
    assert "S3cret" not in str(told.value)
    assert "%53%33" not in str(told.value)
    assert "127.0.0.1" in str(told.value) or "cluster" in str(told.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("foo=1", "unknown option 'foo'"),
        ("serverSelectionTimeoutMS=abc", "invalid value 'abc' of option serverSelectionTimeoutMS: .*integer"),
        ("replicaSet=r&connectTimeoutMs=-1", "invalid value '-1' of option connectTimeoutMs"),
        ("tls=maybe", "invalid value 'maybe' of option tls: .*'true' or 'false'"),
        ("w=1;readPreference=last", "invalid value 'last' of option readPreference"),
        ("authMechanism=FOO", "invalid value 'FOO' of option authMechanism"),
        ("authSource=", "invalid value '' of option authSource"),
        ("maxPoolSize=many", "invalid value 'many' of option maxPoolSize"),
    ],
)
def test_an_unknown_or_invalid_option_is_an_error_at_once(monkeypatch: Any, options: str, words: str) -> None:
    monkeypatch.setenv("MONGODB_URI", f"mongodb://u:s3cret@127.0.0.1:1/?{options}")
    with pytest.raises(DatabaseUnavailable, match=words) as raised:
        client.connect("writer")  # connects only later
    assert "(MONGODB_URI)" in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("options", ["", "compressors=zz", "w=1&w=majority", "ssl=true", "appName=me%40x"])
def test_options_that_pymongo_accepts_give_no_warning(monkeypatch: Any, options: str) -> None:
    monkeypatch.setenv("MONGODB_URI", f"mongodb://127.0.0.1:1/?{options}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.connect("writer").close()


def test_an_unescaped_question_mark_in_a_password_is_named(monkeypatch: Any) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://u:p?a=s3cret@127.0.0.1:1/")
    with pytest.raises(DatabaseUnavailable, match=r"unescaped \?: write it as %3F") as raised:
        client.connect("writer")
    assert "s3cret" not in str(raised.value)


def test_secrets_of_proxies_are_masked(monkeypatch: Any) -> None:
    monkeypatch.setenv("https_proxy", "http://me:pr%40xy1@proxy.example:3128")
    said = client.mask("no answer from http://me:pr%40xy1@proxy.example:3128 (pr@xy1)")
    assert said == "no answer from http://me:***@proxy.example:3128 (***)"


@pytest.mark.parametrize("option", ["tlsCAFile", "tlsCertificateKeyFile", "tlsCRLFile"])
@pytest.mark.parametrize("content", [None, "not a certificate", ""])
def test_a_missing_or_broken_tls_file_is_named(
    monkeypatch: Any, tmp_path: Any, option: Any, content: Any
) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("MONGODB_READ_URI", f"mongodb://127.0.0.1:1/?tls=true&{option}={file}")
    with pytest.raises(DatabaseUnavailable, match="MONGODB_READ_URI") as told:
        client.connect("reader")
    assert f"{option}={file}" in str(told.value)


def test_a_standalone_server_is_refused(mongo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"ok": 1.0, "isWritablePrimary": True}
    with client.connect("writer") as writer:
        command = type(writer.admin).command

        def standalone(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
            return answer if name == "hello" else command(self, name, *args, **kwargs)

        monkeypatch.setattr(type(writer.admin), "command", standalone)
        with pytest.raises(DatabaseUnavailable, match=r"standalone.*--replSet"):
            client.check_reachable("writer")


def test_mask_hides_what_stands_before_the_host() -> None:
    assert client.mask("see mongodb+srv://a:b@c/d and x") == "see mongodb+srv://a:***@c/d and x"
    assert client.mask("mongodb://127.0.0.1:27017/") == "mongodb://127.0.0.1:27017/"
