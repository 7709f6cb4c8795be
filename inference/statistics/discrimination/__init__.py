"""How well scores tell patients apart: one class from the other, early events from late ones."""
