"""Forms of prices. Labels and errors say what is meant and the way out."""

from pricing.forms.book import BookFilter
from pricing.forms.certificates import CertificateForm
from pricing.forms.own import NewOfferForm, OwnPriceForm
from pricing.forms.pulling import PullForm
from pricing.forms.rates import RateForm
from pricing.forms.settling import ChooseForm, DecideForm, EndForm, TakeForm

__all__ = [
    "BookFilter",
    "CertificateForm",
    "ChooseForm",
    "DecideForm",
    "EndForm",
    "NewOfferForm",
    "OwnPriceForm",
    "PullForm",
    "RateForm",
    "TakeForm",
]
