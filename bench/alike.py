"""In how many signs of their pictures do first pages differ? 64 signs are kept of each page that has a picture."""

from collections import Counter
from collections.abc import Iterable
from sqlite3 import Connection

SIGNS = 2**64 - 1  # the database keeps them as a number with a sign


def picture_signs(database: Connection) -> dict[str, int]:
    """Of the first page of each paper; one that was read before signs were kept has none."""
    return dict(database.execute("select document_id, picture_hash from page where counts = 1 and number = 1 and picture_hash is not null"))


def differing(signs: dict[str, int], pairs: Iterable[tuple[str, str]]) -> Counter:
    """How often how many differ; of a pair both have to have signs."""
    return Counter(((signs[one] ^ signs[other]) & SIGNS).bit_count() for one, other in pairs if one in signs and other in signs)
