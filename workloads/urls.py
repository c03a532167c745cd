"""Addresses of the registry, classifications, people and usage."""

from django.urls import path

from workloads.views import classification, people, registry, usage

app_name = "workloads"
urlpatterns = [
    path("workloads/", registry.index, name="list"),
    path("workloads/new/", registry.create, name="create"),
    path("workloads/understood/", registry.understood, name="understood"),
    path("workloads/<int:pk>/", registry.detail, name="detail"),
    path("workloads/<int:pk>/edit/", registry.edit, name="edit"),
    path("workloads/<int:pk>/archive/", registry.archive, name="archive"),
    path("workloads/<int:pk>/restore/", registry.restore, name="restore"),
    path("segments/<int:pk>/classification/", classification.propose, name="propose"),
    path("classifications/<int:pk>/withdraw/", classification.withdraw, name="withdraw"),
    path("teams/", people.teams, name="teams"),
    path("teams/roles/", people.give_role, name="give_role"),
    path("teams/roles/<int:pk>/take/", people.take_role, name="take_role"),
    path("teams/<int:pk>/", people.team, name="team"),
    path("teams/<int:pk>/roles/", people.give_role, name="give_team_role"),
    path("organisation/", people.organisation, name="organisation"),
    path("join/<str:uid>/<str:token>/", people.join, name="join"),
    path("setup/<str:token>/", people.setup, name="setup"),
    path("usage/", usage.usage, name="usage"),
    path("usage/upload/", usage.usage_upload, name="usage_upload"),
    path("usage/template.csv", usage.usage_template, name="usage_template"),
    path("usage/runs/<int:pk>/", usage.usage_run, name="usage_run"),
    path("usage/sources/<int:pk>/", usage.usage_source, name="usage_source"),
    path("usage/sources/<int:pk>/pull/", usage.usage_pull, name="usage_pull"),
    path("usage/attribution/", usage.attribution, name="attribution"),
]
