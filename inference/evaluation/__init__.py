"""How good are these predictions?  From a table of scores and outcomes to the evaluation of each cohort."""
