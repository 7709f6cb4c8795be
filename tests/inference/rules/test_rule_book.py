"""Rules are data, and data that contradict themselves do not load, whoever wrote them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from inference.assessment import RuleOrigin
from inference.errors import InputError, PackError
from inference.packs.load import LoadedPack
from inference.rules.engine import recommend, withhold
from inference.rules.obligatory import OBLIGATIONS
from inference.rules.rule_file import (
    LARGEST_BYTES,
    RuleFileError,
    load_rule_book,
    parse_rule_book,
    read_site_rules,
    rules_of,
)
from tests.inference.rules.site_files import Rules, changed, complaints, own_text, rule, written
from tests.inference.rules.study_readings import BOOKS, STUDIES, readings, record_of


def test_the_rules_of_the_nasopharynx_load(repository: Path) -> None:
    book = load_rule_book("npc-residual")
    assert book.fewer_side_effects_first == ("ccrt", "ic_ccrt") and book.otherwise == "ibt"
    assert [rule_set.id for rule_set in book.rule_sets] == ["cautious", "published"]
    content = (repository / "inference" / "rules" / "npc-residual.yaml").read_bytes()
    assert book.file.sha256 == hashlib.sha256(content).hexdigest()
    assert (book.file.name, book.file.version) == ("npc-residual.yaml", book.version)


@pytest.mark.parametrize("study", STUDIES)
def test_a_copy_of_the_projects_rules_is_a_sites_rules(repository: Path, study: str) -> None:
    book = parse_rule_book(written(own_text(repository, study)), "ours.yaml", RuleOrigin.SITE)
    assert book.rule_sets == BOOKS[study].rule_sets
    assert book.file.origin is RuleOrigin.SITE and book.file.sha256 == BOOKS[study].file.sha256


NPC_CHANGES: list[tuple[Callable[[Rules], object], str]] = [
    (
        lambda r: r["rule_sets"][0]["rules"].pop(),
        "no rule of cautious applies to ccrt: residual, ic_ccrt: residual",
    ),
    (
        lambda r: rule(r, 0).update(recommend="ic_ccrt"),
        "both_reach does not follow from the order of side effects",
    ),
    (lambda r: rule(r, 3).update(recommend="ccrt"), "that names ibt"),
    (
        lambda r: rule(r, 1).update(when=dict(rule(r, 0)["when"])),
        "ccrt_alone_reaches and both_reach may both apply",
    ),
    (
        lambda r: rule(r, 1)["when"].update(surgery="residual"),
        "surgery is not known here; allowed: ccrt, ic_ccrt",
    ),
    (
        lambda r: rule(r, 1)["when"].update(ccrt="gone"),
        "gone is not known here; allowed: residual, non_residual",
    ),
    (lambda r: rule(r, 1)["when"].pop("ccrt"), "names every treatment in when"),
    (lambda r: r["fewer_side_effects_first"].reverse(), "does not follow"),
    (lambda r: r["fewer_side_effects_first"].pop(), "name every treatment"),
    (lambda r: rule(r, 0).update(id="neither_reaches"), "neither_reaches stands twice"),
    (lambda r: r["rule_sets"][1].update(id="cautious"), "cautious stands twice"),
    (lambda r: r["rule_sets"][1].update(id="bold"), "there is no text rule_set.bold"),
    (
        lambda r: r["rule_sets"][0].update(withhold_when=["never"]),
        "never is not known here; allowed: borderline, ",
    ),
    (lambda r: rule(r, 0).update(strength="strong"), "strong is not known here; allowed: published_rule, "),
    (
        lambda r: rule(r, 0).update(statements=["recommend.ccrt"]),
        "there is no text recommend.ccrt; allowed: statement.",
    ),
    (
        lambda r: rule(r, 0)["not_considered"].append("not_considered.luck"),
        "there is no text not_considered.luck",
    ),
    (
        lambda r: rule(r, 0)["statements"].append("statement.released"),
        "statement.released asks for these fields: by",
    ),
    (
        lambda r: rule(r, 0).update(fields={"luck": {"allowed": ["good"]}}),
        "luck is not known here; allowed: age, sex",
    ),
    (
        lambda r: rule(r, 0).update(fields={"stage": {"allowed": ["V"]}}),
        "V is not known here; allowed: I, II",
    ),
    (
        lambda r: rule(r, 0).update(fields={"age": {"allowed": ["50"]}}),
        "age is not known here; allowed: at_least, below",
    ),
    (lambda r: rule(r, 0).update(fields={"age": {"at_least": "50"}}), "cannot be 50"),
    (lambda r: r.update(comment="more"), "there is no comment"),
    (lambda r: r.update(schema_version=3), "schema_version 3 is not known here; allowed: 2"),
    (lambda r: r.update(version="2"), "version cannot be 2"),
    (lambda r: r.pop("citation"), "citation is missing"),
    (lambda r: r.update(file="elsewhere"), "there is no file"),
]


@pytest.mark.parametrize(("change", "said"), NPC_CHANGES)
def test_rules_that_contradict_themselves_are_refused(
    repository: Path, change: Callable[[Rules], object], said: str
) -> None:
    content = changed(repository, "npc-residual", change)
    found = complaints(content, RuleOrigin.PROJECT)
    assert any(said in one.replace("“", "").replace("”", "") for one in found), found
    assert all(one.startswith("Line ") for one in found)


OWED_CHANGES: list[tuple[str, Callable[[Rules], object], str]] = [
    ("gc-recurrence", lambda r: r["needs"].clear(), "needs holds the group ptnm_stage, yptnm_stage"),
    ("lagc-response", lambda r: r["readings"][0].update(instead={}), "are those of the project's rules"),
]


@pytest.mark.parametrize(("study", "change", "said"), OWED_CHANGES)
def test_a_site_may_narrow_the_rules_and_never_widen_them(
    repository: Path, study: str, change: Callable[[Rules], object], said: str
) -> None:
    content = changed(repository, study, change)
    assert any(said in one for one in complaints(content))
    parse_rule_book(content, "theirs.yaml", RuleOrigin.PROJECT)


def test_a_site_may_leave_patients_out(repository: Path) -> None:
    narrower = [{"field": "stage", "allowed": ["III"]}]
    content = changed(repository, "npc-residual", lambda r: r.update(eligible=narrower))
    assert parse_rule_book(content, "ours.yaml", RuleOrigin.SITE).eligible[0].allowed == ("III",)


EVERY_STATEMENT = [
    (study, rule_set, position, statement)
    for study in STUDIES
    for rule_set in range(2)
    for position, each in enumerate(BOOKS[study].rule_sets[rule_set].rules)
    for statement in dict.fromkeys(one.statement for one in OBLIGATIONS[study] if one.is_owed_by(each))
]


@pytest.mark.parametrize(("study", "rule_set", "position", "statement"), EVERY_STATEMENT)
def test_an_obligatory_statement_cannot_be_removed(
    repository: Path, study: str, rule_set: int, position: int, statement: str
) -> None:
    def remove(rules: Rules) -> None:
        each = rule(rules, position, rule_set)
        each["statements"] = [
            one for one in each["statements"] if (one["id"] if isinstance(one, dict) else one) != statement
        ]

    name = BOOKS[study].rule_sets[rule_set].rules[position].id
    wanted = f"{name} may not stand without “{statement}” among its statements."
    for origin in RuleOrigin:
        (said,) = complaints(changed(repository, study, remove), origin)
        assert said.endswith(wanted)


def test_every_study_owes_a_statement_in_every_rule_that_may_be_taken_for_reassurance() -> None:
    assert {study for study, *_ in EVERY_STATEMENT} == set(STUDIES)
    assert len([each for each in EVERY_STATEMENT if each[3] == "statement.ccrt_not_evidence"]) == 4


LOCAL = """
texts:
  recommend.site_tumour_board:
    en: Ask the tumour board of the hospital
    zh_CN: 提交本院肿瘤多学科会议
  recommend.site_tumour_board.short: {en: the hospital's board, zh_CN: 本院多学科会议}
  statement.site_agreed: {en: Agreed on 2 March., zh_CN: 3 月 2 日议定。}
"""


def local_rules(repository: Path) -> str:
    text = own_text(repository, "npc-residual").replace("recommend: ibt", "recommend: site_tumour_board", 1)
    text = text.replace("[statement.no_regimen, ", "[statement.site_agreed, ", 1)
    return text.replace("version: 2.0.0", "version: 2.1.0", 1) + LOCAL


def test_a_site_writes_recommendations_and_statements_of_its_own(repository: Path) -> None:
    book = parse_rule_book(written(local_rules(repository)), "ours.yaml", RuleOrigin.SITE)
    given = recommend(book, "cautious", readings(book, 0.9, 0.9), record_of("npc-residual"))
    assert given.recommend == "site_tumour_board"
    assert [each.id for each in given.statements] == [
        "statement.site_agreed",
        "statement.prediction_not_effect",
    ]


def test_a_site_cannot_speak_over_the_projects_texts(repository: Path) -> None:
    for name in ("statement.ccrt_not_evidence", "recommend.ccrt", "site_words", "class.site_residual"):
        text = (
            own_text(repository, "npc-residual") + f"texts:\n  {name}: {{en: All is well, zh_CN: 一切良好}}\n"
        )
        assert any("is not a name for a text of your own" in one for one in complaints(written(text)))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("{en: Ours}", "has no text in zh_CN"),
        ("{en: Ours, zh_CN: 我们, fr: Nous}", "there is no language “fr”; allowed: en, zh_CN"),
        ("{en: '{treatment}', zh_CN: 我们}", "holds a brace"),
        ("{en: ' ', zh_CN: 我们}", "is empty or longer than 1000"),
        (f"{{en: {'x' * 1001}, zh_CN: 我们}}", "is empty or longer than 1000"),
        ("[Ours]", "cannot be"),
    ],
)
def test_a_sites_text_stands_in_every_language_and_has_no_placeholder(
    repository: Path, texts: str, said: str
) -> None:
    text = own_text(repository, "npc-residual") + f"texts:\n  statement.site_ours: {texts}\n"
    last = len(text.splitlines())
    (found,) = complaints(written(text))
    assert found.startswith(f"Line {last}: ") and said in found


def test_a_problem_names_its_line(repository: Path) -> None:
    lines = own_text(repository, "gc-recurrence").splitlines()
    place = next(number for number, line in enumerate(lines) if "recommend: standard" in line)
    lines[place] = lines[place].replace("standard_follow_up", "standart")
    found = complaints(written("\n".join(lines)))
    assert found[0] == (
        f"Line {place + 1}: there is no text “recommend.standart”; allowed: texts: site_…. "
        "Write your own under texts."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe rules", "The file is not UTF-8 text."),
        (b"a: [1,", "Line 1, column 7: this is not YAML."),
        (b"a: b\n  c: d\n", "Line 2, column 4: this is not YAML."),
        (
            b"a: &x 1\nb: *x\n",
            "Line 1: anchors and references (& and *) are not allowed; write the text out.",
        ),
        (b"a: !!python/object/apply:os.getcwd []\n", "Line 1, column 4: this is not YAML."),
        (b"? [a]\n: 1\n", "Line 1, column 1: this is not YAML."),
        (b"study: x\nversion: 1.0.0\nstudy: y\n", "Line 3: study stands twice."),
        (b"- one\n", "The file does not hold rules: its keys begin with schema_version."),
        (b"", "The file does not hold rules: its keys begin with schema_version."),
        (b"[" * 5000, "Line 1, column 17: this is not YAML."),
        (b"a: 2026-02-31\n", "Line 1, column 1: this is not YAML."),
    ],
)
def test_what_is_no_rule_file_is_said(content: bytes, said: str) -> None:
    assert complaints(content) == [said]


def test_an_unquoted_no_is_explained(repository: Path) -> None:
    text = own_text(repository, "gc-recurrence").replace(
        "when: {dlfs: high_risk}",
        "when: {dlfs: high_risk}\n        fields: {nerve_invasion: {allowed: [no]}}",
        1,
    )
    assert any("A word such as no or yes needs quotation marks." in one for one in complaints(written(text)))


def test_a_site_file_is_read_from_disk_within_a_limit(tmp_path: Path, repository: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(own_text(repository, "gnen-os"), encoding="utf-8")
    assert read_site_rules(path).file.name == "ours.yaml"
    path.write_bytes(b"#" * (LARGEST_BYTES + 1))
    with pytest.raises(RuleFileError) as caught:
        read_site_rules(path)
    assert caught.value.problems[0].fields == {"most": 128}
    for wrong, message_id in (
        (tmp_path / "none.yaml", "error.input.not_found"),
        (tmp_path, "error.input.unreadable"),
    ):
        with pytest.raises(InputError) as refused:
            read_site_rules(wrong)
        assert refused.value.message.id == message_id


def test_a_pack_that_asks_for_other_rules_is_refused(tiny_pack: LoadedPack) -> None:
    assert rules_of(tiny_pack.manifest).study == "npc-residual"
    for change, message_id in (
        ({"rules": "../secret"}, "error.rules.unknown_book"),
        ({"treatments": ("ccrt",)}, "error.rules.treatments"),
        ({"rules": "gnen-os"}, "error.rules.treatments"),
    ):
        with pytest.raises(PackError) as caught:
            rules_of(tiny_pack.manifest.model_copy(update=change))
        assert caught.value.message.id == message_id


def test_a_sites_rules_for_another_study_are_refused(tiny_pack: LoadedPack, repository: Path) -> None:
    other = parse_rule_book(written(own_text(repository, "gnen-os")), "ours.yaml", RuleOrigin.SITE)
    with pytest.raises(InputError) as caught:
        rules_of(tiny_pack.manifest, other)
    assert caught.value.message.id == "error.rules.other_study"


def test_an_answer_names_the_sites_file_and_carries_its_texts(repository: Path) -> None:
    def local(rules: Rules) -> None:
        rules["texts"] = yaml.safe_load(LOCAL)["texts"]
        rule(rules, 1).update(recommend="site_tumour_board")
        rule(rules, 1)["statements"].append("statement.site_agreed")

    book = parse_rule_book(changed(repository, "lagc-response", local), "ours.yaml", RuleOrigin.SITE)
    given = recommend(book, "cautious", readings(book, 0.1), record_of("lagc-response"))
    assert given.recommend == "site_tumour_board"
    assert given.file is not None and given.file.origin is RuleOrigin.SITE and given.file.name == "ours.yaml"
    assert set(given.texts) == set(book.texts)
    assert "statement.lagc_poor_not_against" in [each.id for each in given.statements]
    assert withhold(book, "cautious", ()).file == book.file
