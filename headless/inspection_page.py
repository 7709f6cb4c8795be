"""An inspection as a page for a terminal: calm, no line without a reason; plain text elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.text import Text

from gui.intake.finding_groups import FindingGroup, groups_of, short_reason
from headless.inspection import (
    InspectedPatient,
    InspectedSeries,
    InspectedStack,
    InspectedStudy,
    Inspection,
    Pathway,
)
from headless.inspection_words import encoding_name, opinion_value, opinions_of
from inference.findings import Finding, Verdict
from inference.inputs.matching import Availability, Candidate
from inference.inputs.reasons import Fit
from inference.messages.catalogue import Catalogue
from inference.scan import SourceFile, Stack
from reports.wording import identity_line

MARKS: Final = {Verdict.FINE: "✓", Verdict.NOTE: "!", Verdict.REFUSED: "×"}
_STYLES: Final = {Verdict.FINE: "green", Verdict.NOTE: "yellow", Verdict.REFUSED: "red"}
_STEP: Final = 2
_NARROWEST: Final = 30
_LEAST_SAID_DEG: Final = 0.05
_WORDS: Final = {verdict: f"inspect.verdict.{verdict.name.lower()}" for verdict in Verdict}
_ANSWER_WORDS: Final = {(verdict, False): word for verdict, word in _WORDS.items()} | {
    (Verdict.REFUSED, True): "inspect.verdict.releasable"
}
_MOST_NAMED: Final = 3
_MOST_CANDIDATES: Final = 3
_FIT_VERDICTS: Final = {Fit.GREEN: Verdict.FINE, Fit.AMBER: Verdict.NOTE, Fit.RED: Verdict.REFUSED}
_AVAILABILITY_VERDICTS: Final = {
    Availability.ONE: Verdict.FINE,
    Availability.SEVERAL: Verdict.FINE,
    Availability.TO_CONFIRM: Verdict.NOTE,
    Availability.MISSING: Verdict.REFUSED,
}
_MOST_ALIKE: Final = 3


class InspectionPage:
    """Prints an inspection; every verdict is a mark, a word and a colour, so that none of them is needed."""

    def __init__(self, console: Console, catalogue: Catalogue) -> None:
        self._console = console
        self._catalogue = catalogue
        self._files: tuple[SourceFile, ...] = ()

    def show(self, inspection: Inspection) -> None:
        """The source, its patients, what concerns it as a whole, and the files that were passed over."""
        plan = inspection.plan
        self._files = plan.files
        self._line(0, (inspection.name, "bold"), self._text("inspect.files", count=len(plan.files)))
        self._findings(1, plan.findings)
        for patient in inspection.patients:
            self._patient(patient)
        if not inspection.patients:
            self._gap()
            self._line(0, self._text("inspect.no_stack"))
        if plan.skipped:
            self._gap()
            self._line(0, (self._text("inspect.skipped", count=len(plan.skipped)), "bold"))
            for group in groups_of(plan.skipped):
                self._skipped(group)

    def _patient(self, patient: InspectedPatient) -> None:
        self._gap()
        who = identity_line(patient.identity, self._catalogue) or self._text("inspect.identity_unknown")
        self._line(0, (self._text("inspect.patient"), "bold"), (who, "bold"))
        for study in patient.studies:
            self._study(study)
        self._gap()
        self._line(1, (self._text("inspect.pathways"), "bold"))
        for pathway in patient.pathways:
            self._pathway(pathway)

    def _study(self, study: InspectedStudy) -> None:
        self._gap()
        when = study.date or self._text("inspect.date_unknown")
        self._line(1, self._text("inspect.study"), when, study.description)
        for series in study.series:
            self._series(series)

    def _series(self, one: InspectedSeries) -> None:
        self._gap()
        number = "" if one.number is None else str(one.number)
        name = one.series.description or self._file_of(one.stacks[0].stack) or self._text("inspect.unnamed")
        modality = one.series.modality or self._text("inspect.modality_unknown")
        self._line(2, number, (name, "bold"), modality)
        self._findings(3, one.series.findings)
        for index, stack in enumerate(one.stacks):
            if index:
                self._gap()
            self._stack(stack, one.series.findings)

    def _file_of(self, stack: Stack) -> str:
        """The name of the file, for series that are one file and have no description."""
        files = {frame.file for frame in stack.frames if frame is not None}
        return self._files[files.pop()].name if len(files) == 1 else ""

    def _stack(self, one: InspectedStack, said: tuple[Finding, ...]) -> None:
        """``said`` are findings that stand above, at the series."""
        stack = one.stack
        geometry, made = stack.geometry, stack.acquisition
        slice_mm, row_mm, column_mm = geometry.spacing_mm
        rows, columns = stack.rows_columns
        missing, oblique = len(stack.frames) - stack.slice_count, geometry.obliquity_deg
        thickness = made.slice_thickness_mm
        self._line(3, self._word("inspect.view", one.view), self._word("inspect.answer", one.answer))
        self._line(
            3,
            self._text(f"plane.{geometry.plane}"),
            self._text("inspect.oblique", degrees=f"{oblique:.1f}") if oblique >= _LEAST_SAID_DEG else "",
            self._text(
                "inspect.slice" if stack.slice_count == 1 else "inspect.slices", count=stack.slice_count
            ),
            self._text("inspect.missing", count=missing) if missing else "",
            f"{rows} × {columns}",
            f"{row_mm:.2f} × {column_mm:.2f} × {slice_mm:.2f} mm",
            self._text("inspect.thickness", mm=f"{thickness:g}") if thickness else "",
        )
        ends = " ".join("–".join(geometry.end_letters(axis)) for axis in range(3))
        lengths = zip(geometry.shape, geometry.spacing_mm, strict=True)
        size = " × ".join(f"{count * step:.0f}" for count, step in lengths)
        self._line(3, (ends, "dim"), (f"{size} mm", "dim"), (encoding_name(one), "dim"))
        self._meaning(one)
        self._findings(3, [finding for finding in one.findings if finding not in said])

    def _meaning(self, one: InspectedStack) -> None:
        """Each opinion with its evidence; what stands for two of them is shown once."""
        shown: list[str] = []
        for name, opinion in opinions_of(one.meaning):
            value = opinion_value(name, opinion, self._catalogue)
            known = "inspect.opinion" if opinion.is_known else "inspect.no_opinion"
            self._line(
                3,
                self._text(known, name=f"inspect.{name}", value=value, source=f"source.{opinion.source}"),
            )
            for observed in opinion.evidence:
                sentence = self._catalogue.render(observed.message)
                if sentence not in shown:
                    shown.append(sentence)
                    self._print(4, Text(f"· {sentence}", "dim"))

    def _findings(self, depth: int, findings: Iterable[Finding]) -> None:
        for group in groups_of(findings):
            for finding in group.findings[:_MOST_ALIKE]:
                self._finding(depth, finding)
            left = len(group.findings) - _MOST_ALIKE
            if left > 0:
                self._print(depth + 1, Text(self._text("inspect.more", count=left), "dim"))

    def _finding(self, depth: int, finding: Finding) -> None:
        worst = max(finding.view, finding.answer)
        self._print(depth, self._marked(worst, self._catalogue.render(finding.message)))
        self._print(depth + 1, self._consequence(finding, finding.view, finding.answer))

    def _consequence(self, finding: Finding, view: Verdict, answer: Verdict) -> Text:
        """Both verdicts, and what to do."""
        may = _ANSWER_WORDS[answer, finding.releasable and answer is Verdict.REFUSED]
        words = (
            self._text("inspect.view", verdict=_WORDS[view]),
            self._text("inspect.answer", verdict=may),
        )
        text = Text(" · ".join(words), "dim")
        if self._catalogue.has(finding.advice.id):
            text.append(f"  {self._catalogue.render(finding.advice)}", "not dim")
        return text

    def _skipped(self, group: FindingGroup) -> None:
        names = [str(finding.fields["file"]) for finding in group.findings]
        named = self._text("list.separator").join(names[:_MOST_NAMED])
        left = len(names) - _MOST_NAMED
        more = f" {self._text('inspect.more', count=left)}" if left > 0 else ""
        self._print(1, self._marked(group.worst, f"{len(names)}  {short_reason(self._catalogue, group)}"))
        self._print(2, Text(f"{named}{more}", "dim"))
        if group.worst > Verdict.FINE:
            self._print(2, self._consequence(group.findings[0], group.view, group.answer))

    def _pathway(self, pathway: Pathway) -> None:
        """Each named input, and the scans that come nearest with everything that speaks against them."""
        mark = _AVAILABILITY_VERDICTS[pathway.availability]
        self._gap()
        title = self._marked(mark, self._text(f"pathway.{pathway.study.study}"))
        title.stylize("bold", 2)
        self._print(2, title)
        for match in pathway.matches:
            self._print(3, Text(self._catalogue.render(match.message)))
            for candidate in match.candidates[:_MOST_CANDIDATES]:
                self._candidate(candidate)
            left = len(match.candidates) - _MOST_CANDIDATES
            if left > 0:
                self._print(4, Text(self._text("inspect.more", count=left), "dim"))

    def _candidate(self, candidate: Candidate) -> None:
        stack = candidate.read.stack
        name = stack.acquisition.series_description or self._file_of(stack) or self._text("inspect.unnamed")
        number = stack.acquisition.series_number
        counted = "inspect.slice" if stack.slice_count == 1 else "inspect.slices"
        label = "  ".join(
            part
            for part in (
                "" if number is None else str(number),
                name,
                self._text(f"plane.{stack.geometry.plane}"),
                self._text(counted, count=stack.slice_count),
            )
            if part
        )
        self._print(4, self._marked(_FIT_VERDICTS[candidate.fit], label))
        for reason in candidate.reasons:
            said = Text(f"{MARKS[_FIT_VERDICTS[reason.fit]]} {self._catalogue.render(reason.message)}", "dim")
            if reason.advice is not None and self._catalogue.has(reason.advice.id):
                said.append(f"  {self._catalogue.render(reason.advice)}", "not dim")
            self._print(5, said)

    def _word(self, message_id: str, verdict: Verdict) -> tuple[str, str]:
        word = self._text(message_id, verdict=_WORDS[verdict])
        return f"{MARKS[verdict]} {word}", _STYLES[verdict]

    def _marked(self, verdict: Verdict, text: str) -> Text:
        return Text.assemble((MARKS[verdict], _STYLES[verdict]), f" {text}")

    def _line(self, depth: int, *parts: str | tuple[str, str]) -> None:
        """Parts in one line, divided by points; empty ones are left out."""
        shown = [part for part in parts if (part if isinstance(part, str) else part[0])]
        line = Text()
        for index, part in enumerate(shown):
            if index:
                line.append("  ")
            line.append(*((part,) if isinstance(part, str) else part))
        self._print(depth, line)

    def _print(self, depth: int, text: Text) -> None:
        """Wrapped, further lines of a text two columns in, no space at any line's end."""
        indent = depth * _STEP
        lines = text.wrap(self._console, max(_NARROWEST, self._console.width - indent - _STEP))
        for index, line in enumerate(lines):
            line.rstrip()
            margin = " " * (indent + _STEP * bool(index))
            self._console.print(Text(margin) + line, highlight=False, soft_wrap=True)

    def _gap(self) -> None:
        self._console.print()

    def _text(self, message_id: str, **fields: str | int) -> str:
        return self._catalogue.text(message_id, **fields)
