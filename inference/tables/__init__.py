"""Tables from outside, read as text and checked whole before anything is computed from them."""
