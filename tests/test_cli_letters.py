"""What is printed for programs is UTF-8, whatever the code page of the machine."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.tiny import changed, tiny_corridor

from lajvard.corridor import write_corridor

NAME = "İstanbul limanı کابل Ələt"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp866", "utf-8"])
@pytest.mark.parametrize("option", ["--csv", "--json"])
def test_routes__lose_no_letter_under_any_code_page(
    tmp_path: Path, encoding: str, option: str
) -> None:
    path = write_corridor(changed(tiny_corridor(), "node", 3, name=NAME), tmp_path / "c")
    words = ("routes", "HEA", NAME, "--corridor", str(path), option)
    done = subprocess.run(
        [sys.executable, "-m", "lajvard", *words],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode("utf-8-sig")
    assert NAME in text
    if option == "--json":
        assert NAME in json.dumps(json.loads(text), ensure_ascii=False)
    else:
        assert any(NAME in str(row) for row in csv.DictReader(io.StringIO(text)))
