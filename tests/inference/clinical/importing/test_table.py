"""Tables of hospitals: read where they are clear, refused with place and reason where not."""

from pathlib import Path

import pytest

from inference.clinical.importing.proposal import ImportProposal
from inference.clinical.importing.reading_file import read_import_file
from inference.clinical.importing.table import read_table
from inference.clinical.schema import load_form
from inference.messages.catalogue import load_catalogue
from inference.tables.csv_table import TableError
from tests.inference.clinical.importing.proposals import reasons, said, values

GC, GNEN, LAGC = (load_form(study) for study in ("gc-recurrence", "gnen-os", "lagc-response"))


def one(study: str, text: str) -> ImportProposal:
    (proposal,) = read_table(load_form(study), text)
    return proposal


def test_a_row_per_patient_under_field_ids() -> None:
    first, second = read_table(GC, "patient_id,age,sex,cea\nP1,61,male,2.5\nP2,70,female,\n")
    assert (first.patient, second.patient) == ("P1", "P2")
    assert values(first) == {"age": 61.0, "sex": "male", "cea": 2.5}
    assert values(second) == {"age": 70.0, "sex": "female"}
    assert not first.refused and not first.unknown


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_labels_in_chinese_with_units_in_the_header(delimiter: str) -> None:
    header = delimiter.join(["患者编号", "年龄", "性别", "CEA（ng/mL）", "肿瘤长径 (mm)", "备注"])
    label = load_catalogue("zh_CN").text("clinical.tumour_length")
    text = header.replace("肿瘤长径", label) + "\n" + delimiter.join(["7", "61", "女", "2.5", "45", "无"])
    proposal = one("gc-recurrence", text)
    assert values(proposal) == {"age": 61.0, "sex": "female", "cea": 2.5, "tumour_length": 4.5}
    (left,) = proposal.unknown
    assert (left.name, left.text) == ("备注", "无") and all("1" in text for text in said(left.place))


def test_columns_named_as_in_a_cohort_carry_their_unit() -> None:
    proposal = one("gc-recurrence", "tumour_length_cm,cea_ng_ml,afp_ng_ml,age_years\n4.5,2.5,3,61\n")
    assert values(proposal) == {"tumour_length": 4.5, "cea": 2.5, "afp": 3.0, "age": 61.0}
    assert not any(one.notes for one in proposal.accepted)


def test_a_column_of_units_counts_row_by_row() -> None:
    text = "afp,afp unit\n2,ng/mL\n2,kIU/L\n2,\n2,mol/L\n"
    mass, units, bare, wrong = read_table(GC, text)
    assert values(mass) == {"afp": 2.0} and values(units) == {"afp": pytest.approx(2.42)}
    assert [note.id for note in bare.accepted[0].notes] == ["import.note.unit_assumed"]
    assert reasons(wrong) == {"afp": "error.clinical.unit"}


def test_field_and_value_one_below_the_other() -> None:
    text = "字段\t数值\t单位\n身高\t1.70\tm\n体重\t69\tkg\nGlucose\t99\tmg/dL\nBorrmann type\tIII\t\n"
    proposal = one("lagc-response", text)
    assert values(proposal) == {
        "height": pytest.approx(170.0),
        "weight": 69.0,
        "glucose": pytest.approx(5.495, abs=1e-3),
        "borrmann": "III",
    }
    assert not proposal.unknown
    taken = proposal.taken_into(LAGC, LAGC.empty_record())
    assert taken.canonical("bmi") == 23.9


def test_a_pasted_pair_of_columns_needs_no_header() -> None:
    proposal = one("gnen-os", "age,66\nKi-67,35 %\nshoe size,43\n")
    assert values(proposal) == {"age": 66.0, "ki67": 35.0}
    assert [entry.name for entry in proposal.unknown] == ["shoe size"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3,5", 3.5),
        ("0,25", 0.25),
        ("0,125", 0.125),
        ("12.5", 12.5),
        ("1,234", None),
        ("1.234,5", None),
        ("1,234.5", None),
        ("<0.5", None),
        ("≥ 3", None),
        ("about 3", None),
        ("3-5", None),
    ],
)
def test_a_comma_is_read_where_it_can_only_part_decimals(text: str, read: float | None) -> None:
    proposal = one("gc-recurrence", f"field;value;unit\ncea;{text};ng/mL\n")
    if read is None:
        (refused,) = proposal.refused
        for sentence in said(refused.reason):
            assert refused.reason.id == "error.clinical.unit" or text in sentence
    else:
        assert values(proposal) == {"cea": read}
        assert bool(proposal.accepted[0].notes) == ("," in text)


def test_a_decimal_comma_in_a_comma_table_makes_a_ragged_row() -> None:
    with pytest.raises(TableError) as caught:
        read_table(GC, "age,cea\n61,3,5\n")
    assert caught.value.problems[0].id == "table.ragged_row"


CHOICES = [
    ("gc-recurrence", "pT", "pT3", {"pt_stage": "T3"}),
    ("gc-recurrence", "pT", "T4b", {"pt_stage": "T4", "pt4_subcategory": "T4b"}),
    ("gc-recurrence", "pN", "ypN3a", {"pn_stage": "N3", "pn3_subcategory": "N3a"}),
    ("gc-recurrence", "pTNM", "ⅢA期", {"ptnm_stage": "III"}),
    ("gc-recurrence", "pTNM", "Stage IIB", {"ptnm_stage": "II"}),
    ("lagc-response", "cT", "cT4a", {"ct_stage": "T4"}),
    ("lagc-response", "CEA", "阳性", {"cea": "positive"}),
    ("lagc-response", "CEA", "unknown", {"cea": "unknown"}),
    ("npc-residual", "stage", "IVA", {"stage": "IVa"}),
    ("npc-residual", "T stage", "t2", {"t_stage": "T2"}),
    ("gnen-os", "grade", "net g2", {"grade": "NET G2"}),
    ("gnen-os", "m_stage", "cM1", {"m_stage": "M1"}),
    ("pnen-recurrence", "symptoms", "有", {"symptoms": "yes"}),
    ("pnen-recurrence", "sex", "F", {"sex": "female"}),
    ("pnen-recurrence", "surgery_day", "2026/3/9", {"surgery_day": "2026-03-09"}),
    ("gnen-os", "ki67", "未检测", {"ki67": "not_measured"}),
    ("gnen-os", "ki67", "n/a", {"ki67": "not_recorded"}),
    ("gnen-os", "grade", "不详", {"grade": "unknown"}),
]


@pytest.mark.parametrize(
    ("study", "name", "text", "expected"), CHOICES, ids=[f"{study}-{text}" for study, _, text, _ in CHOICES]
)
def test_values_as_people_write_them(study: str, name: str, text: str, expected: dict[str, str]) -> None:
    assert values(one(study, f"{name}\t{text}\n")) == expected


@pytest.mark.parametrize(
    ("study", "name", "text", "reason"),
    [
        ("gc-recurrence", "pT", "T5", "error.clinical.not_allowed"),
        ("gc-recurrence", "pTNM", "IV", "error.clinical.not_allowed"),
        ("gc-recurrence", "pTNM", "IVA", "error.clinical.not_allowed"),
        ("npc-residual", "stage", "IVB", "error.clinical.not_allowed"),
        ("gc-recurrence", "age", "17", "error.clinical.out_of_range"),
        ("gc-recurrence", "age", "61 months", "error.clinical.unit"),
        ("gc-recurrence", "tumour_length", "4.5 furlong", "error.clinical.unit"),
        ("gc-recurrence", "surgery_day", "03/04/2026", "error.clinical.not_a_date"),
        ("lagc-response", "CEA", "3.2 ng/mL", "error.clinical.not_allowed"),
        ("lagc-response", "CEA", "-", "error.clinical.not_allowed"),
    ],
)
def test_what_the_form_cannot_hold_is_refused_with_place_and_reason(
    study: str, name: str, text: str, reason: str
) -> None:
    (refused,) = one(study, f"field\tvalue\n{name}\t{text}\n").refused
    assert refused.reason.id == reason and refused.entry.text == text
    assert all("2" in place for place in said(refused.entry.place)) and said(refused.reason)


def test_a_field_given_twice_with_other_values_is_refused_once() -> None:
    proposal = one("gc-recurrence", "age\t61\n年龄\t62\nsex\tmale\n性别\t男\n")
    assert reasons(proposal) == {"age": "error.import.several"} and len(proposal.refused) == 1
    assert values(proposal) == {"sex": "male"}
    assert all("61" in text and "62" in text for text in said(proposal.refused[0].reason))


def test_a_list_of_two_patients_is_refused_naming_both() -> None:
    with pytest.raises(TableError) as caught:
        one("gc-recurrence", "patient\tA-17\nage\t61\npatient\tB-18\nage\t62\n")
    (problem,) = caught.value.problems
    assert all("A-17" in text and "B-18" in text for text in said(problem))
    assert one("gc-recurrence", "patient\tA-17\nage\t61\npatient\tA-17\n").patient == "A-17"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "table.empty"),
        ("hat,shoes\n1,2\n", "table.no_clinical_field"),
        ("age,sex,cea\n61,male\n", "table.ragged_row"),
        ("age,sex,cea\n", "table.no_rows"),
        ('age,sex\n"61,male\n', "table.not_csv"),
    ],
)
def test_what_is_no_table_is_refused_whole(text: str, problem: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(GC, text)
    assert caught.value.problems[0].id == problem and said(caught.value.problems[0])


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "values.csv"
    file.write_bytes("年龄,性别\n61,男\n".encode("gb18030"))
    with pytest.raises(TableError) as caught:
        read_import_file(GC, file)
    assert caught.value.problems[0].id == "table.not_utf8"
    file.write_text("年龄,性别\n61,男\n", encoding="utf-8-sig")
    (proposal,) = read_import_file(GC, file)
    assert values(proposal) == {"age": 61.0, "sex": "male"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    "study", ["npc-residual", "lagc-response", "gc-recurrence", "pnen-recurrence", "gnen-os"]
)
def test_every_label_of_a_form_names_its_field(study: str, language: str) -> None:
    form, catalogue = load_form(study), load_catalogue(language)
    header = "\t".join(catalogue.text(f"clinical.{field.id}") for field in form.fields)
    cells = []
    for field in form.fields:
        if field.kind == "choice":
            cells.append(catalogue.text(f"clinical.{field.id}.{field.choices[-1]}"))
        else:
            cells.append("2026-03-09" if field.kind == "date" else f"{field.maximum:g}")
    proposal = one(study, f"{header}\n" + "\t".join(cells) + "\n")
    assert not proposal.unknown and not proposal.refused
    assert set(values(proposal)) == {field.id for field in form.fields}
    chosen = {field.id: field.choices[-1] for field in form.fields if field.kind == "choice"}
    assert values(proposal).items() >= chosen.items()
