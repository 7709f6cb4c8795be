"""The page says what the kept documents say, of phantoms, and names what is missing."""

import io
import json
import re

import pytest
from PIL import Image

from inference.messages.catalogue import load_catalogue
from models.results.pack_facts import PackFacts
from models.results.page import READERS, read_kept, results_page
from models.results.picture import glance_png
from tests.models.results.documents import gc_run, gnen_run, lagc_run, pnen_run
from tests.models.results.npc_documents import npc_run

PACKS = (PackFacts("npc-residual-demo@0.1.0", "npc-residual", 5, 4_410_000, 4_560_000),)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Five studies that were kept."""
    folder = tmp_path_factory.mktemp("docs") / "results"
    for study, run in (
        ("npc-residual", npc_run),
        ("lagc-response", lagc_run),
        ("gc-recurrence", gc_run),
        ("pnen-recurrence", pnen_run),
        ("gnen-os", gnen_run),
    ):
        run(folder / study)
    return folder


@pytest.fixture(scope="module")
def page(home):
    return results_page(home, PACKS, ["## The nasopharyngeal pack at the board"])


def document(home, study):
    return json.loads((home / study / "result.json").read_text())


def section(page, study):
    """From a study's heading to the next."""
    title = re.escape(READERS[study][0].split(":")[0])
    found = re.search(rf"\n## {title}.*?(?=\n## )", page, re.S)
    assert found is not None
    return found[0]


def test_the_first_lines_say_that_the_data_are_synthetic(page):
    first, second = page.split("\n\n")[:2]
    assert "synthetic phantoms" in first and "they say nothing about patients" in second


def test_every_table_of_figures_stands_under_words_that_say_phantoms(page):
    for block in re.split(r"\n(?=#)", page):
        if re.search(r"\d\.\d{3}", block) and "| --- |" in block:
            assert "phantoms" in block.lower(), block[:80]


def test_figures_are_those_of_the_documents(page, home):
    model = document(home, "lagc-response")["response"]["external"]["models"]["dlcs"]
    low, high = model["auc_ci"]
    assert (
        f"| DLCS (fusion) | external | {model['auc']:.3f} | {low:.3f} to {high:.3f} | 0.880 | "
        f"{(model['auc'] - 0.5) / 0.38:.0%} | 0.82 |"
    ) in page
    combined = document(home, "gnen-os")["cohorts"]["external"]["models"]["combined"]["c_index"]
    assert f"| `gnen-os` | combined, C-index | external | {combined:.3f} |" in page
    venous = document(home, "pnen-recurrence")["cohorts"]["external"]["models"]["dlr_v"]["auc"]["value"]
    assert f"| DLR-V | external | {venous:.3f} |" in page
    readings = document(home, "npc-residual")["treatments"]["ccrt"]["models"]["xception, patient unit"]
    area = readings["per patient"]["test_auc"]["value"]
    assert (
        f"| Xception, patient unit | test (scored per patient) | {area:.3f} | 0.600 to 0.900 | 0.952 |"
        in page
    )


def test_relapse_after_gastrectomy_is_set_beside_the_paper(page, home):
    fusion = document(home, "gc-recurrence")["cohorts"]["external"]["models"]["dlfs"]["auc"]
    gc = section(page, "gc-recurrence")
    assert f"| DLFS (fusion) | external | {fusion:.3f} |" in gc and "| 0.859 |" in gc
    assert "| 0.700 | 0.800 | 0.722 | 2.25 (1.50 to 3.40) | 0.012 | 2.244 |" in gc
    assert "| postoperative chemotherapy: yes | 20 (7) | 0.811 |" in gc and "0.829 to 0.889" in gc
    assert "DLS is ahead of CLIS in 3 of 3" in gc


def test_a_changed_document_changes_the_page(page, home, tmp_path):
    changed = document(home, "gnen-os")
    changed["cohorts"]["external"]["models"]["combined"]["ceiling"] = 0.777
    changed["apparent_c_index"]["combined"]["c_index"] = 0.999
    copy = gnen_run(tmp_path / "gnen-os")
    (copy / "result.json").write_text(json.dumps(changed))
    assert "| 0.777 |" in results_page(tmp_path, PACKS, []) and "| 0.777 |" not in page
    assert "combined 0.999" in results_page(tmp_path, PACKS, [])


def test_the_sentence_on_phases_flips_when_the_phases_do(page, tmp_path):
    assert "DLR-A is ahead of DLR-V in 2 of 2" in section(page, "pnen-recurrence")
    pnen_run(tmp_path / "pnen-recurrence", arterial=0.0, venous=2.0)
    flipped = section(results_page(tmp_path, (), []), "pnen-recurrence")
    assert "DLR-A is ahead of DLR-V in 0 of 2" in flipped
    assert (
        "none points its way" in flipped and "**the phantoms do not show what the paper reports**" in flipped
    )


def test_the_two_units_and_segmenters_are_compared(page):
    npc = section(page, "npc-residual")
    assert "here the patient unit is ahead of the image unit in 4 of 4." in npc
    assert "Patient unit against image unit, both scored per patient:" in npc
    assert "| DeepLabv3 (packed) | 0.745 | 0.700 to 0.780 | 0.752 (0.736 to 0.768) |" in npc
    assert "| U-Net | 0.701 | 0.660 to 0.740 | 0.690 (0.675 to 0.703) |" in npc
    assert "DeepLabv3 is ahead of U-Net in 1 of 1" in npc


def test_what_the_public_codes_habits_add_is_said_with_its_size(page, tmp_path):
    npc = section(page, "npc-residual")
    assert "| CCRT | epoch 7 of 40, chosen on the test cohort | 0.810 | 0.860 | +0.050 |" in npc
    assert "Choosing the epoch on the test cohort in 2 of 2 treatments (+0.050, +0.050); the micro" in npc
    assert "| CCRT | one score for everybody, micro-averaged | 0.500 | 0.570 | +0.070 |" in npc
    assert "the choice alone makes a result out of nothing" in npc
    assert "(+0.058). Dividing by slice flatters it here." in npc
    npc_run(tmp_path / "npc-residual", epoch_gain=0.0)
    assert "nothing that can be told from chance" in results_page(tmp_path, (), [])


def test_a_model_beside_its_ceiling_is_put_into_words(page):
    gnen = section(page, "gnen-os")
    assert re.search(r"combined is better than .* in training .* external \(", gnen)
    assert "these neither confirm nor refute them" in gnen


def test_a_missing_study_is_said_as_missing(tmp_path):
    lagc_run(tmp_path / "lagc-response")
    page = results_page(tmp_path, (), [])
    assert "`npc-residual`: **no figures.** No training run of this study has been kept" in page
    assert "Not kept yet: `npc-residual`" in page and "`lagc-response`: **no figures.**" not in page


def test_without_any_run_the_page_says_so(tmp_path):
    page = results_page(tmp_path, (), [])
    assert "**No study has been kept yet.**" in page and "paired test" not in page.split("## Outcomes")[1]


def test_times_and_sizes_are_told_or_said_to_be_absent(page):
    assert "| `npc-residual` | npc-residual-demo@0.1.0 | 5 | 4.41 | 4.56 | not recorded |" in page
    assert "| `pnen-recurrence` | no pack | – | – | – | 17 |" in page


def test_tests_are_counted(page):
    told = re.search(r"(\d+) paired tests, unadjusted, (\d+) with P < 0.05", page)
    assert told is not None
    made, below = int(told[1]), int(told[2])
    rows = [
        line
        for line in page.splitlines()
        if "(patients)" not in line and re.search(r"\| (<|0\.\d{3}) ", line)
    ]
    assert 0 < below < made <= len(rows)


def test_the_picture_is_as_high_as_there_are_studies(home):
    found = list(read_kept(home).values())
    one, all_of_them = (
        Image.open(io.BytesIO(glance_png(studies, load_catalogue("en")))) for studies in (found[:1], found)
    )
    assert one.width == all_of_them.width > 600 and one.height < all_of_them.height
