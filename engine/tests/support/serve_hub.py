"""A Hub on loopback for other programs: `python -m support.serve_hub NAME FOLDER`.

Serves the files of FOLDER as the repository NAME (`datasets/ORG/NAME` for a data set), gated by the
token in HUB_TOKEN if it is set. Prints its address, and ends with stdin.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from support.hub_server import Repository, hub_server


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    token = os.environ.get("HUB_TOKEN")
    repository = Repository(files, gated=token is not None, token=token or "")
    with hub_server({name: repository}) as endpoint:
        print(endpoint, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
