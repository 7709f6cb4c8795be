"""What a session says when one of its values has been replaced; who shows it reads the value then."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class SessionSignals(QObject):
    """Signals of :class:`gui.session.Session`; each is emitted after the value has changed."""

    plan_changed = Signal()
    patient_choice_needed = Signal()
    stack_changed = Signal()
    volume_changed = Signal()
    slice_ready = Signal(int)
    mask_changed = Signal()
    heat_map_changed = Signal()
    record_changed = Signal()
    stated_changed = Signal()
    identity_changed = Signal()
    pack_changed = Signal()
    rule_set_changed = Signal()
    outcome_changed = Signal()
    currency_changed = Signal()
    language_changed = Signal()
    job_changed = Signal()
    intake_job_changed = Signal()
    notice_raised = Signal(object)
    report_saved = Signal(object)
    slice_requested = Signal(int)
    thumbnail_ready = Signal(str)
    pick_changed = Signal()
    study_changed = Signal()
