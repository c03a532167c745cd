from django.urls import include, path

from planner.health import livez, readyz
from planner.views import errors
from planner.views.shell import home

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("", home, name="home"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("planner.pages")),
    path("", include("workloads.urls")),
    path("prices/", include("pricing.urls")),
]
