"""One provider: whose law it is under, what it is certified for, how much it sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pricing import access, services
from pricing.forms import CertificateForm, EndForm
from pricing.models import Certificate
from pricing.selectors import providers as selectors

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from pricing.models import Provider


@require_http_methods(["GET", "HEAD", "POST"])
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """The provider's page; an operator enters a certificate on it."""
    access.check_may_see(request.user)
    found = selectors.providers().filter(slug=slug).first()
    if found is None:
        raise Http404
    today = timezone.now().date()
    form = CertificateForm(request.POST or None, today=today)
    if request.method == "POST":
        access.check_may_pull(request.user)
        if form.is_valid() and _entered(request, found, form):
            return redirect("pricing:provider", found.slug)
    context = {
        "provider": found,
        "certificates": [(row, row.holds_on(today)) for row in selectors.certificates_of(found)],
        "form": form,
        "may_decide": access.may_pull(request.user),
        "why_not": access.WHY_NOT,
    }
    return render(request, "pricing/provider.html", context, status=422 if form.is_bound else 200)


def _entered(request: HttpRequest, found: Provider, form: CertificateForm) -> bool:
    try:
        services.enter_certificate(
            found.pk, **form.cleaned_data, by=access.person(request.user), as_of=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, f"{found}: {form.cleaned_data['name']} is entered.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """A certificate no longer stands; any operator may say so, with a reason."""
    rows = Certificate.objects.select_related("provider", "entered_by")
    found = access.get_for(request.user, rows, pk)
    access.check_may_pull(request.user)
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            services.take_out_certificate(
                found.pk, **form.cleaned_data, by=access.person(request.user), as_of=timezone.now()
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("pricing:provider", found.provider.slug)
    context = {"certificate": found, "form": form}
    return render(request, "pricing/certificate_out.html", context, status=422 if form.is_bound else 200)
