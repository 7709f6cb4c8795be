"""The protocol on samples small enough for a test: noise whose strength tells who will recur."""

import json
from dataclasses import replace

import numpy as np
import pytest

from inference.errors import Cancelled
from inference.evaluation.prediction_file import read_predictions
from inference.messages.catalogue import load_catalogue
from inference.preprocessing.settings import FrameSettings
from inference.statistics.discrimination.delong import auc
from models.cohorts.pnen_phantoms import PnenPhantoms
from models.phantoms.pnen_population import draw_cohort
from models.results.home import KeptRun
from models.results.pnen_recurrence import pnen_results
from models.studies.pnen_recurrence import (
    BEST,
    Columns,
    apply,
    draw_folds,
    fit_fold,
    model_columns,
    patient_data,
    train_on_samples,
)
from models.studies.pnen_recurrence_command import ceiling
from models.studies.pnen_recurrence_config import DEMO, PAPER
from models.studies.pnen_recurrence_failures import FewOfAClassError, FindingsMissingError
from models.studies.pnen_recurrence_result import follow_up_csv, result_json, scores_csv
from models.studies.pnen_recurrence_samples import PhaseSample, ct_findings, phase_sample, phase_samples
from models.training.engine.checkpoint import CheckpointPlace
from models.training.engine.failures import OneClassError
from models.training.engine.run import RunPlace

SIDE = 16
TINY = replace(
    DEMO,
    width=1 / 64,
    folds=3,
    slices_per_case=3,
    frame=FrameSettings(framing="resized", rows=SIDE, columns=SIDE),
    segmentation=replace(DEMO.segmentation, learning_rate=0.02, epochs=2, batch_size=1),
    machine=replace(DEMO.machine, penalties=(0.01, 1.0), inner_folds=3),
)


def sample(strength, rng, slices=4):
    """A disc of noise; four radiomics features of which the first is nearly its strength."""
    rows, columns = np.indices((SIDE, SIDE)) - SIDE / 2
    disc = np.broadcast_to(rows**2 + columns**2 < 25, (slices, SIDE, SIDE))
    image = 0.3 + disc * strength * rng.standard_normal((slices, SIDE, SIDE))
    names = ("strength", "a", "b", "c")
    panel = np.array([strength + 0.02 * rng.standard_normal(), *rng.standard_normal(3)])
    return PhaseSample(np.clip(image, 0, 1).astype(np.float32), disc.copy(), panel, names)


def cohort_data(cohort, count, config=TINY, seed=0):
    """Patients with fabricated images: the arterial ones tell, the venous ones do not."""
    patients = draw_cohort(cohort, count, seed)
    rng = np.random.default_rng(seed)
    arterial = tuple(sample(0.25 if p.recurrence_observed else 0.05, rng) for p in patients)
    venous = tuple(sample(0.1 + 0.01 * rng.random(), rng) for _ in patients)
    return patient_data(PnenPhantoms(patients), {"arterial": arterial, "venous": venous}, config)


@pytest.fixture(scope="module")
def inside():
    return cohort_data("training", 40)


@pytest.fixture(scope="module")
def outside():
    return cohort_data("external", 12)


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(9)
    return [sample(0.1, rng) for _ in range(4)]


@pytest.fixture(scope="module")
def study(inside, outside, cases):
    return train_on_samples(TINY, inside, outside, cases)


def test_every_patient_with_a_class_is_left_out_once_and_the_undecided_never_teach(study, inside):
    left_out = sorted(k for models in study.folds for k in models.fold.left_out)
    assert left_out == np.flatnonzero(inside.is_decided).tolist()
    assert 0 < (~inside.is_decided).sum() < len(inside.table)
    for models in study.folds:
        assert not set(models.fold.learn) & set(models.fold.left_out)
        assert inside.is_decided[list(models.fold.learn)].all()


def test_signal_is_found_where_it_is(study, inside, outside):
    for models in study.folds:
        left_out = list(models.fold.left_out)
        scores = study.training.scores["radiomics_a"][left_out]
        assert auc(scores, inside.recurred[left_out]).value > 0.95
    decided = outside.is_decided
    assert auc(study.external.scores["radiomics_a"][decided], outside.recurred[decided]).value > 0.95


def test_outside_patients_get_the_mean_of_the_fold_models(study, outside):
    columns = model_columns(outside, study.folds[0].segmenter, TINY)
    by_fold = [apply(models.machines, columns) for models in study.folds]
    for name, scores in study.external.scores.items():
        assert np.array_equal(scores, np.mean([fold[name] for fold in by_fold], axis=0))


def test_an_inside_patient_gets_the_score_of_the_fold_that_left_it_out(study, inside):
    columns = model_columns(inside, study.folds[0].segmenter, TINY)
    for models in study.folds:
        own = apply(models.machines, columns)
        left_out = list(models.fold.left_out)
        for name, scores in study.training.scores.items():
            assert np.array_equal(scores[left_out], own[name][left_out])


def test_a_second_run_gives_the_same_bits(study, inside, outside, cases):
    again = train_on_samples(TINY, inside, outside, cases)
    for cohort in ("training", "external"):
        first, second = getattr(study, cohort).scores, getattr(again, cohort).scores
        assert all(np.array_equal(first[name], second[name]) for name in first)
    assert result_json(study, {}) == result_json(again, {})


def test_nothing_of_a_left_out_patient_reaches_its_fold(study, inside):
    columns = model_columns(inside, study.folds[0].segmenter, TINY)
    fold = study.folds[1].fold
    left_out = list(fold.left_out)
    changed = {name: Columns(one.values.copy(), one.names, one.unfiltered) for name, one in columns.items()}
    for one in changed.values():
        one.values[left_out] = 1e6
    recurred = inside.recurred.copy()
    recurred[left_out] ^= True
    assert fit_fold(changed, replace(inside, recurred=recurred), fold, TINY) == study.folds[1].machines


def test_each_folds_segmenter_learns_from_its_own_learning_part(monkeypatch, inside, outside, cases):
    from models.studies import pnen_recurrence

    seen = []
    train = pnen_recurrence.train_segmenter

    def listening(given, *arguments, **named):
        seen.append({id(one) for one in given})
        return train(given, *arguments, **named)

    monkeypatch.setattr(pnen_recurrence, "train_segmenter", listening)
    config = replace(TINY, study_cases_in_segmentation=5)
    study = train_on_samples(config, inside, outside, cases)
    assert len(seen) == len(study.folds)
    for known, models in zip(seen, study.folds, strict=True):
        assert len(known) == len(cases) + 5
        assert not known & {id(inside.phases["arterial"][k]) for k in models.fold.left_out}


def test_clinical_values_enter_whatever_their_p(study):
    for models in study.folds:
        chosen = models.machines["dlr_a_sag"].score.coefficients
        assert {"symptoms", "age", "sex"} <= set(chosen)
        assert not {"symptoms", "age", "sex"} & set(models.machines[BEST].score.coefficients)


def test_permuted_outcomes_cannot_be_predicted(inside):
    rng = np.random.default_rng(4)
    columns = {"noise": Columns(rng.standard_normal((40, 5)), tuple("abcde"))}
    areas = []
    for _ in range(16):
        dealt = inside.recurred.copy()
        dealt[inside.is_decided] = rng.permutation(dealt[inside.is_decided])
        data = replace(inside, recurred=dealt)
        for fold in draw_folds(data, TINY):
            scores = apply(fit_fold(columns, data, fold, TINY), columns)["noise"]
            left_out = list(fold.left_out)
            areas.append(auc(scores[left_out], dealt[left_out]).value)
    of_permutations = np.reshape(areas, (16, -1)).mean(axis=1)
    error = of_permutations.std(ddof=1) / np.sqrt(len(of_permutations))
    assert abs(of_permutations.mean() - 0.5) < 3 * error


def test_one_class_or_too_few_of_it_is_a_typed_error(inside, outside, cases):
    english = load_catalogue("en")
    first = np.arange(40) == int(np.flatnonzero(inside.is_decided)[0])
    for recurred, error, said in (
        (np.zeros(40, bool), OneClassError, "same outcome"),
        (first, FewOfAClassError, "at least 2 are needed"),
    ):
        with pytest.raises(error) as refused:
            train_on_samples(TINY, replace(inside, recurred=recurred), outside, cases)
        assert said in english.render(refused.value.message)


def test_undecided_patients_count_as_free_only_where_the_preset_says_so(inside):
    as_published = cohort_data("training", 40, replace(TINY, undecided="free"))
    assert PAPER.undecided == "free" and as_published.is_decided.all()
    assert not as_published.recurred[~inside.is_decided].any()
    follow_up = inside.table.follow_up("recurrence")
    undecided = ~inside.is_decided
    assert (follow_up.time[undecided] < 60).all() and not follow_up.event[undecided].any()


def test_a_finding_that_was_not_read_is_refused_not_invented(inside, study):
    ratios = (None, *inside.table.columns["ct_ratio_arterial"][1:])
    table = replace(inside.table, columns={**inside.table.columns, "ct_ratio_arterial": ratios})
    with pytest.raises(FindingsMissingError) as refused:
        model_columns(replace(inside, table=table), study.folds[0].segmenter, TINY)
    assert "1" in load_catalogue("en").render(refused.value.message)
    assert load_catalogue("zh_CN").has(refused.value.message.id)


def test_findings_are_coded_as_the_table_has_them(inside):
    values, names = ct_findings(inside.table)
    column = dict(zip(names, values.T, strict=True))
    large = inside.table.numbers("maximum_diameter_mm") >= 20
    assert np.array_equal(column["maximum_diameter_from_20_mm"], large)
    assert np.array_equal(column["shape=confluent"], [w == "confluent" for w in inside.table.words("shape")])
    assert "shape=round" not in column and len(names) == len(set(names)) == 28


def test_the_tables_are_read_by_the_evaluation(study, inside, outside, tmp_path):
    for name, text, kind in (
        ("scores.csv", scores_csv(study, is_synthetic=True), "binary"),
        ("follow_up.csv", follow_up_csv(study, is_synthetic=True), "survival"),
    ):
        (tmp_path / name).write_text(text)
        read = read_predictions(tmp_path / name, kind)
        assert read.is_synthetic and read.cohort_names() == ("training", "external")
        assert [model.name for model in read.models] == list(study.training.scores)
    assert len(read.patients) == len(inside.table) + len(outside.table)
    (tmp_path / "result.json").write_text(result_json(study, {}))
    page = pnen_results(KeptRun("pnen-recurrence", tmp_path))
    assert len(page.tables[0].figures) == 2 * len(study.training.scores)
    assert "16 × 16 pixels, 3 slices of a case, 2 epochs at most" in page.segmentation[0]


def test_the_result_names_ceilings_and_published_figures(study, outside):
    patients = draw_cohort("external", 12, 0)
    found = ceiling(patients, outside.is_decided)
    assert 0.5 < found["these_patients"]["attainable_recurrence_arterial"] <= 1.0
    document = json.loads(result_json(study, {"external": found}))
    best = document["cohorts"]["external"]["models"][BEST]
    assert best["published_auc"] == 0.77 and set(best["at_locked_cutoff"]) >= {"sensitivity"}
    assert document["ceilings"]["external"]["population"]["arterial"] == pytest.approx(0.84, abs=0.02)


def test_training_stops_when_asked(inside, outside, cases):
    with pytest.raises(Cancelled):
        train_on_samples(TINY, inside, outside, cases, place=RunPlace(should_stop=lambda: True))


def test_a_phantom_gives_framed_slices_mask_and_panel_and_the_cache_gives_them_again(tmp_path):
    cohort = PnenPhantoms(draw_cohort("training", 1, 0), size=128)
    (patient,) = cohort.table.patient_ids
    made = phase_samples(cohort, ("arterial", "venous"), TINY, with_radiomics=True, cache=tmp_path)
    for scan, (one,) in made.items():
        assert one.slices.shape == one.tumour.shape and one.slices.shape[1:] == (SIDE, SIDE)
        assert 0 <= one.slices.min() < one.slices.max() <= 1
        assert 0.02 < one.tumour.mean() < 0.9
        assert len(one.radiomics) == len(one.radiomics_names) == 143
        assert len(one.slices) == len(made["arterial"][0].slices)
        kept = phase_samples(cohort, (scan,), TINY, with_radiomics=True, cache=tmp_path)[scan][0]
        assert np.array_equal(kept.slices, one.slices) and np.array_equal(kept.radiomics, one.radiomics)
    again = phase_sample(cohort, patient, "arterial", TINY, with_radiomics=False)
    assert np.array_equal(again.slices, made["arterial"][0].slices) and not again.radiomics.size


def test_a_run_that_was_cut_off_in_its_segmenter_ends_in_the_same_scores_and_is_heard(
    tmp_path, study, inside, outside, cases
):
    heard = []

    def cuts_off(curve):
        heard.append([(point.run, point.epoch) for point in curve])
        raise KeyboardInterrupt

    checkpoints = CheckpointPlace(tmp_path, "study")
    with pytest.raises(KeyboardInterrupt):
        place = RunPlace(checkpoints=checkpoints, on_epoch=cuts_off)
        train_on_samples(TINY, inside, outside, cases, place=place)
    place = RunPlace(
        checkpoints=checkpoints, on_epoch=lambda curve: heard.append([(p.run, p.epoch) for p in curve])
    )
    resumed = train_on_samples(TINY, inside, outside, cases, place=place)
    first, second = ("segmenter 0", 1), ("segmenter 0", 2)
    assert heard == [[first], [first], [first, second]]
    assert resumed.curves == study.curves
    assert result_json(resumed, {}) == result_json(study, {})
    for name, scores in study.external.scores.items():
        assert np.array_equal(resumed.external.scores[name], scores)
