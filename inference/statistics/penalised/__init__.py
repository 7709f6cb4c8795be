"""Regression with an L1 penalty: many features, few patients, and cross-validation to choose."""
