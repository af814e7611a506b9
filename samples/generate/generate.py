#!/usr/bin/env python3
"""Writes every sample scan with its expected text and fields into the folder above this one.

    python3 -m venv venv && venv/bin/pip install -r samples/generate/requirements.txt
    venv/bin/python samples/generate/generate.py            # all
    venv/bin/python samples/generate/generate.py birth      # those whose name contains "birth"

The same versions of Pillow and the fonts give the same bytes, with one exception: the signed PDF. Its key is
made for the occasion and thrown away, so the file is written anew only when it is missing.
"""

import sys
from pathlib import Path

from check import check_folder
from papers import administrative, business, cards, civil, justice, land

FOLDER = Path(__file__).resolve().parent.parent


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for module in (civil, administrative, land, business, justice, cards):
        for name, make in module.PAPERS.items():
            if wanted in name:
                make(name).write(FOLDER)
                print(f"{(FOLDER / name).stat().st_size / 1e3:8.0f} kB  {name}")
    check_folder(FOLDER)


if __name__ == "__main__":
    main()
