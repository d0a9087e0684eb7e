"""How long ``appreciation --help`` takes beside a bare Typer program, as whole processes.

Both in turn, A B A B, since a machine's speed drifts: quote the median ratio.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15

BARE = """
import typer
app = typer.Typer()

@app.command()
def hello(name: str = "you"): "Say hello."

@app.command()
def goodbye(name: str = "you"): "Say goodbye."

app()
"""


def seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "bare.py"
        program.write_text(BARE)
        bare = [sys.executable, str(program), "--help"]
        ours = [sys.executable, "-m", "appreciation", "--help"]
        for command in (ours, bare):
            seconds(command)
        pairs = [(seconds(ours), seconds(bare)) for _ in range(RUNS)]
    for name, column in (("appreciation --help", 0), ("bare Typer --help", 1)):
        times = [pair[column] * 1000 for pair in pairs]
        print(f"{name:<20} median {statistics.median(times):6.0f} ms  min {min(times):6.0f} ms")
    ratios = [ours / bare for ours, bare in pairs]
    print(f"{'ratio':<20} median {statistics.median(ratios):6.2f}     (at most 1.3 is the aim)")


if __name__ == "__main__":
    main()
