"""The project's own packs speak Chinese beside English: every sentence, or none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inference.packs.store import BUNDLED_PACKS
from models.packing.npc_residual import DEMONSTRATION, HOSPITAL_LIMITS
from models.packing.words import PackWords
from models.packing.words_in_chinese import in_chinese

MANIFESTS = sorted(BUNDLED_PACKS.glob("*/manifest.json"))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_every_sentence_of_a_demonstration_pack_has_its_chinese(path):
    said = json.loads(path.read_text(encoding="utf-8"))
    words = PackWords(
        said["id"], said["title"], said["intended_use"], "synthetic", "", tuple(said["limits"]), ""
    )
    (texts,) = in_chinese(words)
    assert texts.language == "zh_CN" and len(texts.limits) == len(words.limits)
    for sentence in (texts.title, texts.intended_use, texts.not_for, *texts.limits):
        assert any("\u4e00" <= character <= "\u9fff" for character in sentence), sentence


def test_a_pack_of_a_hospital_speaks_chinese_too():
    title = DEMONSTRATION.title.replace("demonstration on synthetic phantoms", "trained on a hospital cohort")
    (texts,) = in_chinese(replace(DEMONSTRATION, title=title, limits=HOSPITAL_LIMITS))
    assert texts.title == "鼻咽癌放疗后残留：由医院队列训练"


def test_half_a_translation_is_none():
    assert in_chinese(replace(DEMONSTRATION, limits=(*DEMONSTRATION.limits, "Something new."))) == ()
