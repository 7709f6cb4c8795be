"""Cohorts that a study trains on: a table, scans and masks, checked whole before anything is learnt."""
