"""How well scores tell two classes apart, in one cohort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.evaluation.predictions import Model, Predictions
from inference.evaluation.threshold import Threshold
from inference.statistics.calibration.binary_curve import binary_calibration_groups
from inference.statistics.calibration.brier import BrierScore, brier_score
from inference.statistics.calibration.groups import CalibrationGroup
from inference.statistics.calibration.hosmer_lemeshow import HosmerLemeshow, hosmer_lemeshow
from inference.statistics.calibration.logistic_recalibration import LogisticRecalibration, logistic_recalibration
from inference.statistics.calibration.smooth import SmoothCalibration, smooth_calibration
from inference.statistics.discrimination.against_half import AgainstHalf, against_half
from inference.statistics.discrimination.area import area_under_curve
from inference.statistics.discrimination.classification import ConfusionMatrix, confusion_matrix
from inference.statistics.discrimination.cluster_auc import cluster_auc
from inference.statistics.discrimination.fold_auc import FoldAucs, fold_aucs
from inference.statistics.discrimination.precision_recall import PrecisionRecallCurve, precision_recall_curve
from inference.statistics.discrimination.roc import RocCurve, roc_curve
from inference.statistics.discrimination.roc_band import RocBand, roc_band
from inference.statistics.estimate import Estimate
from inference.statistics.outcomes import ClassData
from inference.statistics.reasons import NotEstimable
from inference.statistics.utility.decision_curve import DecisionCurve, decision_curve
