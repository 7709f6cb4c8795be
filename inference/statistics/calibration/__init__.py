"""How well predicted risks agree with what happened, and how to mend them."""
