"""Regression: proportional hazards and logistic, with selection and checks."""
