"""How sure the figures are: many futures with the same chances for every option, and what matters most."""
