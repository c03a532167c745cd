"""Forms of prices. Labels and errors say what is meant and the way out."""

from pricing.forms.book import BookFilter
from pricing.forms.pulling import PullForm
from pricing.forms.rates import RateForm
from pricing.forms.settling import ChooseForm, DecideForm, TakeForm

__all__ = ["BookFilter", "ChooseForm", "DecideForm", "PullForm", "RateForm", "TakeForm"]
