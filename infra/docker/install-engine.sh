#!/usr/bin/env bash
# Installs the packages of engine/uv.lock into the system's Python, in the folder of pyproject.toml.
# With a package index as argument, torch comes from there, without the CUDA libraries.
set -euo pipefail

torch_index="${1:-}"
pip install --no-cache-dir uv==0.13.8
uv export --frozen --no-default-groups --no-emit-project --no-hashes --no-annotate --no-header \
  >/tmp/locked.txt
if [[ -z "$torch_index" ]]; then
  uv pip install --system --no-cache --no-deps -r /tmp/locked.txt
else
  grep -vE '^(torch==|nvidia-|cuda-|triton==)' /tmp/locked.txt >/tmp/others.txt
  torch="$(grep -oE '^torch==[^ ;]+' /tmp/locked.txt)"
  uv pip install --system --no-cache --no-deps -r /tmp/others.txt
  uv pip install --system --no-cache --no-deps --index-url "$torch_index" "$torch"
fi
rm -f /tmp/locked.txt /tmp/others.txt
