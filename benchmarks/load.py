"""Servers on the loopback, and wrk that asks them for pages in turn."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.serving import ROOT, clean_environment

CONNECTIONS = 8

_SCRIPT = """
local pages = {%s}
local turn = 0
request = function()
  turn = turn %% #pages + 1
  return wrk.format("GET", pages[turn][1], {["Cookie"] = pages[turn][2]})
end
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("\\nmeasured %%f %%f %%d\\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(95) / 1000, errors.status + errors.connect + errors.read + errors.timeout))
end
"""


@dataclass(frozen=True)
class Page:
    """One address to ask for, with the cookie of who asks."""

    path: str
    cookie: str


@dataclass(frozen=True)
class Rate:
    """What a server gave under load: pages a second, and the milliseconds within which 95 of 100 came."""

    per_second: float
    p95: float


@dataclass(frozen=True)
class Server:
    """A running uvicorn."""

    port: int


@contextmanager
def serving(kind: str, zone: str, told: dict[str, str], pages: Sequence[Page], *, workers: int = 1) -> Iterator[Server]:
    """One of the servers of `benchmarks.servers`, ready to answer, ended afterwards."""
    port = free_port()
    words = ["-m", "uvicorn", f"benchmarks.servers:{kind}", "--factory", "--port", str(port), "--workers", str(workers)]
    asked_for = json.dumps([[page.path, page.cookie] for page in pages])
    environment = clean_environment() | told | {"BENCH_ZONE": zone, "BENCH_PAGES": asked_for}
    process = subprocess.Popen(
        [sys.executable, *words, "--no-access-log", "--log-level", "warning"], env=environment, cwd=ROOT
    )
    try:
        _wait(process, port)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)


def ask(server: Server, pages: Sequence[Page], folder: Path, *, seconds: int) -> Rate:
    """Ask a server for all pages in turn over 8 connections; any answer but 2xx or 3xx is an error."""
    script = folder / "pages.lua"
    table = ", ".join(f"{{{json.dumps(page.path)}, {json.dumps(page.cookie)}}}" for page in pages)
    script.write_text(_SCRIPT % table, encoding="utf-8")
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{server.port}"]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    rate, p95, errors = next(line.split()[1:] for line in said.splitlines() if line.startswith("measured"))
    if int(errors):
        raise RuntimeError(f"{errors} answers failed:\n{said}")
    return Rate(float(rate), float(p95))


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server left with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the server did not become ready")


def free_port() -> int:
    """A port of this machine that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
