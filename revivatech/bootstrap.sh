#!/bin/sh
# Finds a Python, makes our own uv with it, and hands over to Python. Everything else is in revivatech/setup/.
set -eu
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' >/dev/null 2>&1; }

find_python() {
  for candidate in "${REVIVATECH_PYTHON:-}" python3.12 python3.11 python3 python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.11.*/bin/python3 \
    /usr/bin/python3.12 /usr/bin/python3.11 /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3.12 /opt/homebrew/bin/python3.11; do
    if [ -n "$candidate" ] && fits "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

if ! cmp -s requirements/uv.txt .tools/uv/requirements.txt || ! .tools/uv/bin/python -c '' 2>/dev/null; then
  if ! python=$(find_python); then
    echo "RevivaTech needs Python 3.11 or 3.12 with its venv module, and this machine has none." >&2
    echo "  What to do: install one (Debian: apt-get install python3 python3-venv; pyenv: pyenv install 3.12), or name it: REVIVATECH_PYTHON=/path/to/python3.12 make run" >&2
    exit 1
  fi
  echo "Fetching uv, the tool that installs everything else …"
  rm -rf .tools/uv
  mkdir -p .tools
  if ! log=$({ "$python" -m venv .tools/uv && .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt; } 2>&1); then
    echo "$log" | tail -n 5 >&2
    echo "uv could not be installed into $(pwd)/.tools/uv; the lines above say why." >&2
    echo "  What to do: check the network (or your package mirror) and free disk space, and run the same command again." >&2
    exit 1
  fi
  cp requirements/uv.txt .tools/uv/requirements.txt
fi

exec .tools/uv/bin/python -m revivatech "$@"
