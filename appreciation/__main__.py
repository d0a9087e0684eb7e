"""``python -m appreciation``."""

from appreciation.cli import run

if __name__ == "__main__":
    run()
