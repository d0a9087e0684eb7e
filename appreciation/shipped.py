"""What we ship beside the code: templates, migrations, the example of the settings."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """Return where ``name`` lies: in the installed package, or at the top of the checkout."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name
