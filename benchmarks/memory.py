"""How much memory sending takes: the peak of the sending process over many notes.

``python benchmarks/memory.py [NOTES]``: 100,000 unless told otherwise, through the
real app, on SQLite, to a mail server that keeps nothing. The sending is a
process of its own, so that making the notes is not in the figure.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mail_servers import sink
from shop import fill, opened

from appreciation.app import assemble
from appreciation.config.reading import load

CONNECTIONS = 2


def peak_mib() -> float:
    # Not getrusage: that of a child begins with what its parent had.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def send(config: Path) -> None:
    app = assemble(load(config))
    idle = peak_mib()
    with app.at_work("once") as worker:
        begun = time.perf_counter()
        sent = app.send(worker)["sent"]
        took = time.perf_counter() - begun
    print(f"{sent:,} notes in {took:,.0f} s ({sent / took:,.0f}/s): ", end="")
    print(f"peak {peak_mib():.0f} MiB, {idle:.0f} of it before the first (at most 120 is the aim)")


def main() -> None:
    if sys.argv[1:2] == ["--send"]:
        send(Path(sys.argv[2]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name, sink() as server:
        app = opened(Path(name), server.port, CONNECTIONS)
        fill(app, count)
        app.store.close()
        config = Path(name) / "config.toml"
        subprocess.run([sys.executable, __file__, "--send", str(config)], check=True)


if __name__ == "__main__":
    main()
