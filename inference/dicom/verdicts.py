"""What each oddity of a source means for viewing and for answering, in one table.

``finding`` is the only way in which intake makes a :class:`Finding`; the catalogue holds a text for every
code of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from inference.findings import Finding, Verdict
from inference.messages.message import FieldValue

_F, _N, _R = Verdict.FINE, Verdict.NOTE, Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Rule:
    """Verdict for viewing, for answering, and whether a named user may lift the refusal."""

    view: Verdict
    answer: Verdict
    releasable: bool = False


SECTIONS: Final[Mapping[str, Mapping[str, Rule]]] = MappingProxyType(
    {
        "files": {
            "intake.not_an_image_file": Rule(_F, _F),
            "intake.directory_file": Rule(_F, _F),
            "intake.directory_missing": Rule(_N, _F),
            "intake.directory_outside": Rule(_R, _R),
            "intake.empty_file": Rule(_F, _F),
            "intake.link_outside": Rule(_F, _F),
            "intake.link_broken": Rule(_F, _F),
            "intake.special_file": Rule(_F, _F),
            "intake.unreadable": Rule(_N, _F),
            "intake.folder_unreadable": Rule(_N, _F),
            "intake.too_many_files": Rule(_N, _R),
            "intake.may_be_incomplete": Rule(_N, _R, releasable=True),
            "intake.source_cut_off": Rule(_N, _R, releasable=True),
            "intake.segmentation_object": Rule(_F, _F),
            "intake.label_map": Rule(_F, _F),
            "intake.structure_set": Rule(_F, _F),
            "intake.other_object": Rule(_F, _F),
            "intake.zip_encrypted": Rule(_R, _R),
            "intake.zip_bomb": Rule(_R, _R),
            "intake.zip_too_large": Rule(_R, _R),
            "intake.zip_overlapping": Rule(_R, _R),
            "intake.zip_damaged": Rule(_R, _R),
            "intake.zip_no_space": Rule(_R, _R),
            "intake.zip_not_unpacked": Rule(_R, _R),
            "intake.zip_link": Rule(_R, _R),
            "intake.zip_outside": Rule(_R, _R),
            "intake.zip_nested": Rule(_N, _F),
            "intake.zip_member_bomb": Rule(_R, _R),
            "intake.zip_member_damaged": Rule(_R, _R),
            "intake.no_pixels": Rule(_R, _R),
            "intake.malformed": Rule(_R, _R),
            "intake.nesting": Rule(_R, _R),
            "intake.length_beyond_file": Rule(_R, _R),
            "intake.deflate_bomb": Rule(_R, _R),
            "intake.syntax_mismatch": Rule(_R, _R),
            "intake.syntax_unsupported": Rule(_R, _R),
            "intake.bits_impossible": Rule(_R, _R),
            "intake.dimensions_unsupported": Rule(_R, _R),
            "intake.samples_unsupported": Rule(_R, _R),
            "intake.no_orientation_code": Rule(_R, _R),
            "intake.detached_header": Rule(_R, _R),
            "intake.values_unsupported": Rule(_R, _R),
            "intake.too_large": Rule(_R, _R),
            "intake.reader_died": Rule(_R, _R),
            "intake.reader_too_slow": Rule(_R, _R),
            "intake.duplicate_file": Rule(_F, _F),
            "intake.duplicate_uid": Rule(_R, _R),
            "intake.same_pixels": Rule(_N, _N),
        },
        "identity": {
            "intake.two_patients": Rule(_R, _R),
            "intake.name_differs": Rule(_N, _R, releasable=True),
            "intake.identity_unknown": Rule(_N, _N),
            "clinical.other_patient": Rule(_F, _R, releasable=True),
            "intake.series_uid_missing": Rule(_N, _N),
            "intake.series_uid_shared": Rule(_F, _F),
            "intake.sop_uid_missing": Rule(_N, _N),
            "intake.frame_of_reference_missing": Rule(_N, _N),
        },
        "geometry": {
            "intake.gap": Rule(_N, _R, releasable=True),
            "intake.truncated": Rule(_N, _R, releasable=True),
            "intake.uneven_slightly": Rule(_N, _N),
            "intake.uneven": Rule(_N, _R),
            "intake.tilt": Rule(_N, _R),
            "intake.straightened": Rule(_N, _N),
            "intake.tilt_tag": Rule(_N, _N),
            "intake.thickness_differs": Rule(_N, _N),
            "intake.thickness_missing": Rule(_N, _N),
            "intake.orientation_invalid": Rule(_R, _R),
            "intake.no_position": Rule(_N, _R),
            "intake.groups_missing": Rule(_N, _R),
            "intake.concatenation_incomplete": Rule(_N, _R),
            "intake.no_pixel_spacing": Rule(_N, _R),
            "intake.single_slice": Rule(_N, _R),
            "intake.two_slices": Rule(_N, _R),
            "intake.split": Rule(_F, _F),
            "intake.split_by": Rule(_F, _F),
            "intake.volume_of_several": Rule(_F, _F),
            "intake.collision": Rule(_N, _R),
            "intake.lying_otherwise": Rule(_F, _N),
            "intake.form_codes_disagree": Rule(_N, _N),
        },
        "kind": {
            "intake.localiser": Rule(_F, _R),
            "intake.reformatted": Rule(_F, _R),
            "intake.derived": Rule(_F, _N),
            "intake.mosaic": Rule(_N, _R),
            "intake.mosaic_folded": Rule(_N, _R),
            "intake.colour": Rule(_N, _R),
            "intake.modality_unknown": Rule(_F, _R),
            "intake.burned_in_text": Rule(_N, _N),
        },
        "pixels": {
            "intake.rescale_missing": Rule(_N, _R),
            "intake.rescale_coarse": Rule(_N, _R, releasable=True),
            "intake.not_hounsfield": Rule(_N, _R),
            "intake.padding_reinterpreted": Rule(_F, _N),
            "intake.padding_range": Rule(_F, _N),
            "intake.other_scale": Rule(_N, _N),
            "intake.pet_values": Rule(_N, _N),
            "intake.inverted": Rule(_F, _R),
            "intake.display_table": Rule(_F, _F),
            "intake.modality_table": Rule(_F, _R),
            "intake.lossy": Rule(_N, _N),
            "intake.lossy_strongly": Rule(_N, _R, releasable=True),
            "intake.quantised": Rule(_N, _N),
            "intake.not_a_number": Rule(_N, _R),
            "intake.constant": Rule(_N, _R),
            "intake.saturated": Rule(_F, _N),
            "intake.high_bits": Rule(_N, _N),
        },
        "bytes": {
            "intake.vr_unknown": Rule(_N, _N),
            "intake.odd_length": Rule(_N, _N),
            "intake.decimal_comma": Rule(_N, _N),
            "intake.charset_likely": Rule(_N, _F),
            "intake.frame_undecodable": Rule(_N, _R),
            "intake.decoders_disagree": Rule(_N, _R),
            "intake.no_preamble": Rule(_N, _N),
            "intake.pixels_too_long": Rule(_N, _N),
            "intake.value_unreadable": Rule(_N, _N),
            "intake.charset_undecodable": Rule(_N, _F),
        },
        "meaning": {
            "meaning.phase_disagrees": Rule(_F, _R),
            "meaning.contrast_by_pixels": Rule(_F, _N),
            "meaning.contrast_not_seen": Rule(_F, _R),
            "meaning.contrast_unknown": Rule(_F, _R),
            "meaning.body_part_unknown": Rule(_F, _R),
            "meaning.body_part_differs": Rule(_F, _N),
        },
        "dates": {
            "inputs.after_treatment": Rule(_N, _R, releasable=True),
            "inputs.too_long_before": Rule(_N, _R, releasable=True),
            "inputs.dates_apart": Rule(_N, _R, releasable=True),
        },
        "together": {
            "inputs.patients_differ": Rule(_N, _R),
            "inputs.frames_differ": Rule(_N, _N),
            "inputs.box_in_other_frame": Rule(_N, _R, releasable=True),
        },
        "masks": {
            "intake.mask_resampled": Rule(_N, _N),
            "intake.mask_frame_of_reference_absent": Rule(_N, _N),
            "intake.mask_in_millimetres": Rule(_N, _N),
            "intake.mask_other_images": Rule(_N, _N),
            "intake.mask_fractional": Rule(_F, _N),
            "intake.mask_overlapping": Rule(_F, _N),
            "intake.mask_outside": Rule(_N, _N),
            "intake.mask_by_position": Rule(_N, _N),
            "intake.mask_reference_disagrees": Rule(_N, _N),
            "intake.mask_images_missing": Rule(_N, _R, releasable=True),
            "intake.mask_contours_between": Rule(_N, _N),
            "intake.mask_contours_off_planes": Rule(_N, _R),
            "intake.mask_contours_ignored": Rule(_N, _N),
            "intake.mask_contour_gaps": Rule(_N, _N),
            "intake.mask_segments_elsewhere": Rule(_N, _N),
            "intake.mask.other_patient": Rule(_R, _R),
            "intake.mask.other_frame_of_reference": Rule(_R, _R),
            "intake.mask.no_frame_of_reference": Rule(_R, _R),
            "intake.mask.contours_elsewhere": Rule(_R, _R),
            "intake.mask.empty": Rule(_R, _R),
            "intake.mask.no_grid": Rule(_R, _R),
            "intake.mask.several_orientations": Rule(_R, _R),
            "intake.mask.uneven_planes": Rule(_R, _R),
        },
        "written": {
            "intake.uids_minted": Rule(_N, _N),
        },
    }
)
"""Rules by what they are about, in the order of the verdict table."""

RULES: Final = MappingProxyType({code: rule for rules in SECTIONS.values() for code, rule in rules.items()})


def finding(code: str, **fields: FieldValue) -> Finding:
    """The finding for ``code`` with the verdicts of the table.

    Raises
    ------
    KeyError
        For a code that the table does not hold.
    """
    rule = RULES[code]
    return Finding(code, rule.view, rule.answer, dict(fields), rule.releasable)
