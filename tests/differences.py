"""Where numbers differ from those that were approved, as lines to read."""

import pytest


def differences(wanted: object, found: object, where: str, rel: float, abs_: float) -> list[str]:
    """The places where two JSON values differ, as lines to read."""
    lines: list[str] = []
    if isinstance(wanted, dict) and isinstance(found, dict):
        lines += [f"{where}.{key}: is gone" for key in wanted if key not in found]
        lines += [f"{where}.{key}: is new" for key in found if key not in wanted]
        shared = [key for key in wanted if key in found]
        pairs = [(f"{where}.{key}", wanted[key], found[key]) for key in shared]
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = [(f"{where}[{i}]", *pair) for i, pair in enumerate(zip(wanted, found, strict=True))]
    elif _is_number(wanted) and _is_number(found):
        same = found == pytest.approx(wanted, rel=rel, abs=abs_)
        return [] if same else [f"{where}: {found}, approved is {wanted}"]
    else:
        same = type(wanted) is type(found) and wanted == found
        return [] if same else [f"{where}: {found!r}, approved is {wanted!r}"]
    return lines + [line for place, w, f in pairs for line in differences(w, f, place, rel, abs_)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
