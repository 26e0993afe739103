"""Which Spark session a ``pyspark://`` address means, and how it is left."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pyspark.conf import SparkConf
from pyspark.core.context import SparkContext
from pyspark.errors import PySparkException, PySparkRuntimeError
from pyspark.java_gateway import launch_gateway
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from ops_widgets.errors import DataError, UsageError
from ops_widgets.sources.spark import Spark

#: Whoever set one of these has configured Spark (or is spark-submit): nothing is added.
CONFIGURED = ("PYSPARK_GATEWAY_PORT", "SPARK_CONF_DIR", "SPARK_HOME", "SPARK_REMOTE")
#: Spark on this machine alone: no web page, and nothing listens for other machines.
LOCAL = {
    "spark.master": "local[*]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # Spark's own 200 are for a cluster: on a small shop they cost most of the time.
    "spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1)),
}
#: What the expressions rely on: times are UTC, and an overflow is an error, never a null.
RELIED_ON = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
CONNECT_PORT = 15002
CONNECT_SECONDS = 10


def open_spark(url: str) -> Spark:
    """The session that ``url`` means, as an Ibis backend.

    ``pyspark://`` is the session of this process; without one, what ``spark-submit`` or Spark's
    own configuration say; without these, all cores of this machine. ``pyspark://host:port`` is a
    Spark Connect server; what follows the port is as in Spark's ``sc://host:port/;key=value``.
    A query (``?spark.driver.memory=8g&spark.local.dir=/disk``) holds settings of Spark. Only a
    session that is opened here ends with the source; any other gets its settings back.

    Raises :class:`UsageError` where Java is missing or a setting comes too late,
    :class:`DataError` where no server answers.
    """
    parts = urlsplit(url)
    settings = dict(parse_qsl(parts.query))
    # Spark logs every error again, 200 lines long, beside raising it.
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel("CRITICAL")
    if not parts.netloc and (running := _running()):
        before = _configure(running, settings | RELIED_ON)
        backend = Spark().connect(running)
        backend.leave = partial(_configure, running, before)
        return backend
    session = _remote(parts) if parts.netloc else _start(settings)
    _configure(session, (settings if parts.netloc else {}) | RELIED_ON)
    backend = Spark().connect(session)
    backend.leave = session.stop
    return backend


@cache
def _folder() -> Path:
    """Where Spark writes on this machine: for the whole process, since Java never forgets it."""
    folder = Path(tempfile.mkdtemp(prefix="ops-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _running() -> SparkSession | None:
    try:
        return SparkSession.active()
    except PySparkRuntimeError:
        return None


def _remote(parts: SplitResult) -> SparkSession:
    place = (parts.hostname or "", parts.port or CONNECT_PORT)
    try:
        # Spark Connect itself would try for ten minutes.
        socket.create_connection(place, CONNECT_SECONDS).close()
    except OSError as error:
        raise DataError(
            f"No Spark Connect server answers at {place[0]}:{place[1]}.",
            "Check that it runs (start-connect-server.sh), and host and port in connect.",
        ) from error
    remote = parts._replace(scheme="sc", query="").geturl()
    return SparkSession.builder.remote(remote).create()


def _start(settings: dict[str, str]) -> SparkSession:
    builder = SparkSession.builder
    if "spark.master" in settings or any(name in os.environ for name in CONFIGURED):
        return builder.config(map=settings).getOrCreate()
    folder = _folder()
    own = {"spark.local.dir": str(folder), "spark.sql.warehouse.dir": str(folder / "warehouse")}
    conf = SparkConf().setAll(list((LOCAL | own | settings).items()))
    log = folder / "spark.log"
    try:
        SparkContext(conf=conf, gateway=_quiet_gateway(conf, log))
    except PySparkRuntimeError as error:
        said = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
        raise UsageError(
            f"Spark cannot start: it needs Java 17 or 21. {said[-1] if said else ''}".rstrip(),
            "Install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless), or set "
            "JAVA_HOME.",
        ) from error
    return builder.getOrCreate()


def _quiet_gateway(conf: SparkConf, log: Path) -> Any:
    """A Java process whose chatter goes to ``log``; None where this process has one already."""
    if SparkContext._gateway is not None:
        return None
    with log.open("wb") as chatter:
        return launch_gateway(conf, {"stderr": chatter})


def _configure(session: SparkSession, settings: Mapping[str, str | None]) -> dict[str, str | None]:
    """Set (or, where None, unset) ``settings``; returns what they were."""
    before = {name: session.conf.get(name, None) for name in settings}
    for name, value in settings.items():
        try:
            session.conf.unset(name) if value is None else session.conf.set(name, value)
        except PySparkException as error:
            raise UsageError(
                f"A session of Spark that runs cannot change {name}.",
                "Set it where the session is started, and take it out of connect.",
            ) from error
    return before
