"""Agencies and those who sign for them."""

from datetime import date
from random import Random

from ..people import person
from ..places import Place


def commune_agency(at: Place) -> tuple[list[str], str]:
    """The letterhead of a commune's committee and its name as a field; old papers name the district above."""
    lines = ["ỦY BAN NHÂN DÂN", at.commune.upper()]
    return lines, " ".join(lines)


def leader_titles(rng: Random, short: bool = False, body: str = "TM. ỦY BAN NHÂN DÂN") -> list[str]:
    """Chủ tịch, or Phó Chủ tịch for him (NĐ 30/2020 Điều 13). `short`: forms that have room for one line."""
    if rng.random() < 0.5:
        return ["CHỦ TỊCH"] if short else [body, "CHỦ TỊCH"]
    return ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"] if short else [body, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]


def signer_name(rng: Random, day: date) -> str:
    return person(rng, day, (35, 60)).name
