"""Who may see usage, and who may change what is counted: 404 for strangers, 403 with the reason for readers."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

if TYPE_CHECKING:
    from collections.abc import Callable

    View = Callable[Concatenate[HttpRequest, ...], HttpResponseBase]

ONLY_OPERATORS = "Only an operator may change where usage comes from and whose it is."


def may_manage(request: HttpRequest) -> bool:
    return request.user.has_perm("workloads.manage_usage")


def for_readers(view: View) -> View:
    """The page does not exist for whoever may not read usage; only operators may post to it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("workloads.view_usage"):
            raise Http404
        if request.method == "POST" and not may_manage(request):
            raise PermissionDenied(ONLY_OPERATORS)
        return view(request, *args, **kwargs)

    return guarded


def for_operators(view: View) -> View:
    """As for_readers, and readers are told why they may not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_manage(request):
            raise PermissionDenied(ONLY_OPERATORS)
        return view(request, *args, **kwargs)

    return for_readers(guarded)
