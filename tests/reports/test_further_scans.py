"""What a report shows of the scans beside the first: their checks, their pictures, what differs in them."""

from __future__ import annotations

import io
from dataclasses import replace

from pypdf import PdfReader

from inference.assessment import Fact, FactSource
from inference.case_input import ScanInput
from inference.messages.catalogue import Catalogue, load_catalogue
from inference.prediction import Variation
from reports.paper.blocks import Table
from reports.prediction_wording import borderline_flag, variation_range
from reports.report import build_report
from reports.sections.guard_lines import guard_sections
from reports.sections.pictures import further_pictures
from reports.sections.scan_facts import scan_section
from tests.inference.synthetic_case import stack
from tests.reports import assessments as made
from tests.reports.conftest import flat, page_texts
from tests.reports.test_evidence import texts

PHASES = (
    Fact("guard.phase", "phase.arterial", FactSource.FILE),
    Fact("guard.plane", "plane.axial", FactSource.GEOMETRY),
    Fact("guard.phase", "phase.portal_venous", FactSource.FILE, scan="venous"),
    Fact("guard.plane", "plane.axial", FactSource.GEOMETRY, scan="venous"),
)
TWO = replace(
    made.withheld_by_guard(),
    study="gnen-os",
    facts=PHASES,
    guard=(
        *made.withheld_by_guard().guard,
        *(replace(line, scan="venous") for line in made.withheld_by_guard().guard),
    ),
)


def venous() -> ScanInput:
    return ScanInput(stack(made.GEOMETRY), made.head(), made.tumour())


def test_each_scan_has_its_own_checks_under_its_own_name(english: Catalogue) -> None:
    first, second = guard_sections(TWO, english)
    assert first.heading == "Input check · arterial CT" and second.heading == "Input check · venous CT"
    for section in (first, second):
        table = section.blocks[0]
        assert isinstance(table, Table) and len(table.blocks) == 1 + len(made.withheld_by_guard().guard)


def test_a_further_scan_shows_its_key_slices_with_the_mask(english: Catalogue) -> None:
    (section,) = further_pictures(TWO, {"venous": venous()}, english)
    assert section.heading == "Key slices · venous CT"
    images = [len(page.images) for page in PdfReader(io.BytesIO(build_report(made.content(TWO)))).pages]
    both = build_report(made.content(TWO, further={"venous": venous()}))
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(both)).pages) == sum(images) + 5
    assert "KEYSLICES·VENOUSCT" in flat("".join(page_texts(both))).upper()


def test_a_scan_without_a_mask_is_shown_and_said_to_have_none() -> None:
    for language in ("en", "zh_CN"):
        catalogue = load_catalogue(language)
        (section,) = further_pictures(TWO, {"venous": replace(venous(), mask=None)}, catalogue)
        assert section.remark == catalogue.text("report.pictures.no_mask")


def test_two_further_scans_share_a_row_of_three_pictures_each() -> None:
    three = replace(TWO, study="pnen-recurrence")
    further = {"venous": venous(), "unenhanced": replace(venous(), mask=None)}
    alone = build_report(made.content(three))
    all_of_them = build_report(made.content(three, further=further))
    pictures = [
        sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages) for pdf in (alone, all_of_them)
    ]
    assert pictures[1] == pictures[0] + 6
    (page,) = [
        flat(text).upper() for text in page_texts(all_of_them) if "KEYSLICES·VENOUSCT" in flat(text).upper()
    ]
    assert "KEYSLICES·UNENHANCEDCT" in page


def test_of_a_further_scan_stands_what_differs_from_the_first(english: Catalogue) -> None:
    section = scan_section(TWO, made.content().scan, english)
    told = [text for block in section.blocks for text in texts(block)]
    assert told.count("axial") == 1 and "portal-venous" in told and "venous CT" in told


def test_borderline_tells_nearness_from_a_change_that_crosses() -> None:
    near = replace(made.prediction("ccrt"), is_borderline=True)
    change = made.withheld_by_guard().guard[0].measured
    crossing = replace(near, variations=(Variation("choice", change, 0.7, True),))
    assert borderline_flag(near) == "report.flag.borderline"
    assert borderline_flag(crossing) == "report.flag.crosses"


def test_the_range_of_all_changes_holds_the_score_as_it_is(english: Catalogue) -> None:
    change = made.withheld_by_guard().guard[0].measured
    higher = replace(
        made.prediction("ccrt"), score=0.2, cutoff=0.5, variations=(Variation("choice", change, 0.3, False),)
    )
    assert variation_range(higher, english) == english.text(
        "report.variations.range", low="20 %", high="30 %"
    )


def test_of_two_scans_the_pictures_stand_between_the_values_and_the_checks() -> None:
    printed = build_report(made.content(TWO, further={"venous": venous()}))
    text = flat("".join(page_texts(printed))).lower()
    places = [text.index(heading) for heading in ("clinicalvalues", "keyslices", "inputcheck·arterial")]
    assert places == sorted(places)
