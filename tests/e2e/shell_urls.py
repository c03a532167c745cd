"""The product's addresses and handlers, and the pages that only tests see."""

from django.urls import include, path

from planner import urls

handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500

urlpatterns = [path("test/", include("tests.e2e.shell_pages")), *urls.urlpatterns]
