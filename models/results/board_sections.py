"""The nasopharyngeal pack on held-back phantoms: the part of the page that is computed anew every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from inference.messages.catalogue import load_catalogue
from inference.packs.load import LoadedPack
from inference.statistics.discrimination.delong import Auc, auc
from inference.statistics.proportion import wilson_interval
from models.held_back import BoardAnswer
from models.permutation import permuted_areas
from models.phantoms.npc_outcome import bayes_ceiling, latent_risk
from models.phantoms.npc_population import Regimen, attainable_probabilities
from models.policy_value import RESAMPLES, lowest_risk, policy_value, regimen_of

PERMUTATIONS = 400
TREATMENTS: dict[Regimen, str] = {"ccrt": "CCRT", "ic_ccrt": "IC + CCRT"}


def board_sections(
    answers: Sequence[BoardAnswer], pack: LoadedPack, cohort: str, seed: int, *, draws: int = 400_000
) -> list[str]:
    """Paragraphs; figures come from ``answers``, the generator's ceilings from ``draws``."""
    own_seed = pack.manifest.provenance.seed
    return [
        "## The nasopharyngeal pack at the board",
        f"*Synthetic phantoms, not patients.* Computed anew by `make results` from the networks of the pack "
        f"`{pack.name}` (manifest `{pack.sha256[:12]}`): {len(answers)} phantoms of the cohort “{cohort}”, "
        f"seed {seed}, none of whom took part in training (training used the cohort “training”, seeds "
        f"{own_seed} and {own_seed + 1}). Each is rendered at 512 × 512, segmented by the pack, cropped and "
        f"scored through `inference.pipeline`, as at the board, without a reader's correction.",
        "### Segmentation at the board",
        _segmentation(answers),
        "### Discrimination at the board",
        "Area under the ROC curve over all phantoms against the potential outcome of each treatment, with "
        "DeLong's interval. Ceilings: what somebody would reach who knew the latent values, or who read "
        "image and clinical values perfectly; on the same phantoms, and for the generator as a whole.",
        _discrimination(answers, cohort, draws),
        "### Policies",
        "Mean risk of residual tumour had every phantom been treated by the policy, from the generator's two "
        f"potential outcomes, with a bootstrap interval ({RESAMPLES} resamples). Over-treated: IC + CCRT "
        f"where CCRT alone would leave no residual tumour; under-treated: CCRT, with residual tumour, where "
        f"IC + CCRT would have left none. Individual-based treatment has no outcome in the generator and "
        f"counts as IC + CCRT. Under the cautious rules a phantom without a recommendation is treated as "
        f"drawn.",
        _policies(answers, seed),
        "### Answers withheld",
        _withheld(answers),
        "### Scores against permuted outcomes",
        _permutation(answers, seed),
    ]


def _segmentation(answers: Sequence[BoardAnswer]) -> str:
    dice = np.array([answer.dice for answer in answers])
    low, median, high = np.percentile(dice, (25, 50, 75))
    none = sum(not answer.scores for answer in answers)
    return (
        f"Dice per patient, whole volume: median {median:.3f}, quartiles {low:.3f} and {high:.3f}, lowest "
        f"{dice.min():.3f}; no tumour found in {none} of {len(answers)}."
    )


def _discrimination(answers: Sequence[BoardAnswer], cohort: str, draws: int) -> str:
    scored = [answer for answer in answers if answer.scores]
    patients = [answer.patient for answer in scored]
    rows = [
        "| treatment | residual | AUC | 95 % interval | latent ceiling, same patients | attainable, same "
        "patients "
        "| latent, generator | attainable, generator |",
        "| --- " * 8 + "|",
    ]
    for treatment, name in TREATMENTS.items():
        residual = _residual(scored, treatment)
        area = auc(_scores(scored, treatment), residual)
        latent = auc(_latent(scored, treatment), residual)
        attainable = auc(attainable_probabilities(patients, treatment), residual)
        whole = bayes_ceiling(treatment, draws, cohort=cohort)
        rows.append(
            f"| {name} | {area.positives} of {len(scored)} | {area.value:.3f} | {_interval(area)} | "
            f"{latent.value:.3f} | {attainable.value:.3f} | {whole.auc_latent:.3f} | "
            f"{whole.auc_attainable:.3f} |"
        )
    return "\n".join(rows)


def _policies(answers: Sequence[BoardAnswer], seed: int) -> str:
    patients = [answer.patient for answer in answers]
    policies: dict[str, list[Regimen]] = {
        "everybody CCRT": ["ccrt" for _ in patients],
        "everybody IC + CCRT": ["ic_ccrt" for _ in patients],
        "as treated": [patient.regimen for patient in patients],
        "published rules": [regimen_of(a.published, a.patient) for a in answers],
        "cautious rules": [regimen_of(a.cautious, a.patient) for a in answers],
        "lowest risk, latents known": lowest_risk(patients),
    }
    rows = [
        "| policy | risk of residual tumour | 95 % interval | IC + CCRT | over-treated | under-treated |",
        "| --- " * 6 + "|",
    ]
    for name, given in policies.items():
        value = policy_value(patients, given, np.random.default_rng(seed))
        rows.append(
            f"| {name} | {value.risk:.3f} | {value.low:.3f} to {value.high:.3f} | {value.ic_ccrt:.0%} | "
            f"{value.over_treated:.0%} | {value.under_treated:.0%} |"
        )
    return "\n".join(rows)


def _withheld(answers: Sequence[BoardAnswer]) -> str:
    withheld = [answer for answer in answers if answer.cautious is None]
    low, high = wilson_interval(len(withheld), len(answers))
    given = Counter(answer.cautious for answer in answers if answer.cautious is not None)
    named: dict[str, str] = {"ibt": "individual-based treatment"} | {str(k): v for k, v in TREATMENTS.items()}
    recommended = ", ".join(f"{named[code]} {count}" for code, count in sorted(given.items())) or "none left"
    english = load_catalogue("en")
    reasons = Counter(english.render(reason) for answer in withheld for reason in answer.withheld_for)
    rows = ["| reason (a patient may have several) | patients |", "| --- | --- |"]
    rows.extend(f"| {reason} | {count} |" for reason, count in reasons.most_common())
    return (
        f"Cautious rules: withheld for {len(withheld)} of {len(answers)} "
        f"({len(withheld) / len(answers):.0%}, "
        f"95 % interval {low:.0%} to {high:.0%}). Recommended to the others: {recommended}.\n\n"
        + "\n".join(rows)
    )


def _permutation(answers: Sequence[BoardAnswer], seed: int) -> str:
    scored = [answer for answer in answers if answer.scores]
    features = np.array([[value for s in a.scores for value in s.fold_scores] for a in scored])
    lines = []
    for treatment, name in TREATMENTS.items():
        areas = permuted_areas(
            features,
            _residual(scored, treatment),
            [answer.patient.patient_id for answer in scored],
            PERMUTATIONS,
            np.random.default_rng(seed),
        )
        error = areas.std(ddof=1) / np.sqrt(len(areas))
        lines.append(f"{name} {areas.mean():.3f} ± {error:.3f}")
    return (
        "A linear model on the networks' scores, cross-fitted as the networks are, on outcomes dealt out at "
        f"random: mean AUC on what each fold left out, {PERMUTATIONS} permutations, ± standard error: "
        f"{', '.join(lines)}. "
        "0.5 is expected of a protocol that lets nothing leak."
    )


def _scores(answers: Sequence[BoardAnswer], treatment: Regimen) -> list[float]:
    return [s.score for answer in answers for s in answer.scores if s.treatment == treatment]


def _residual(answers: Sequence[BoardAnswer], treatment: Regimen) -> np.ndarray:
    return np.array([getattr(answer.patient, f"residual_{treatment}") for answer in answers])


def _latent(answers: Sequence[BoardAnswer], treatment: Regimen) -> np.ndarray:
    s = np.array([answer.patient.latent_s for answer in answers])
    b = np.array([answer.patient.ic_sensitivity_b for answer in answers])
    return latent_risk(treatment, s, b)


def _interval(area: Auc) -> str:
    limits = area.interval()
    return "not estimable" if limits is None else f"{limits[0]:.3f} to {limits[1]:.3f}"
