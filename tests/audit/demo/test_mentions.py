import re
from collections import Counter

import pytest

from audit.demo.boxes import Box, Piece, Reference
from audit.demo.mentions import Mention, Split, load_mentions
from audit.demo.photographs import PHOTOGRAPHS

MENTIONS = load_mentions()
PIECES = [
    pytest.param(mention, piece, id=f"{mention.photograph.image_id}-{mention.entity_id}-{number}")
    for number, (mention, piece) in enumerate(
        (mention, piece) for mention in MENTIONS for piece in mention.pieces
    )
]


@pytest.mark.parametrize(("mention", "piece"), PIECES)
def test_a_loose_box_holds_its_tight_box_and_leaves_some_of_the_photograph(mention: Mention, piece: Piece):
    height, width = mention.photograph.pixels().shape[:2]
    tight, loose = piece.tight, piece.loose

    assert 0 <= loose.left <= tight.left < tight.right <= loose.right <= width
    assert 0 <= loose.top <= tight.top < tight.bottom <= loose.bottom <= height
    assert area(tight) < area(loose) < height * width


def test_each_photograph_is_mentioned_and_each_split_has_at_least_twenty_mentions():
    assert {mention.photograph for mention in MENTIONS} == set(PHOTOGRAPHS)
    assert min(Counter(mention.split for mention in MENTIONS).values()) >= 20
    assert {mention.split for mention in MENTIONS} == set(Split)


def test_some_entities_have_several_mentions_and_some_of_them_in_both_splits():
    splits_of: dict[str, list[Split]] = {}
    for mention in MENTIONS:
        splits_of.setdefault(mention.entity_id, []).append(mention.split)

    assert sum(len(splits) > 1 for splits in splits_of.values()) >= 5
    assert sum(len(set(splits)) > 1 for splits in splits_of.values()) >= 4


def test_an_entity_id_is_one_of_wikidata_or_a_word():
    for mention in MENTIONS:
        assert re.fullmatch(r"Q[1-9]\d*|[a-z][a-z0-9_]*", mention.entity_id)
        assert mention.question.endswith("?")


def test_a_piece_gives_the_box_of_the_reference_asked_for():
    piece = Piece(tight=Box(2, 3, 4, 5), loose=Box(1, 1, 6, 6))

    assert piece.box(Reference.TIGHT_BOX) == (2, 3, 4, 5)
    assert piece.box(Reference.LOOSE_BOX) == (1, 1, 6, 6)


def area(box: Box) -> int:
    return (box.right - box.left) * (box.bottom - box.top)
