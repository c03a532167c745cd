"""Addresses of the planning pages."""

from django.urls import path

from planner.views import decision, policy, portfolio, preview, reviews, roadmap, runs, triggers

app_name = "planner"
urlpatterns = [
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("roadmap/", roadmap.roadmap, name="roadmap"),
    path("triggers/", triggers.triggers, name="triggers"),
    path("triggers/<int:segment>/<str:pk>/", triggers.trigger, name="trigger"),
    path("triggers/<int:segment>/<str:pk>/answer/", triggers.answer, name="trigger_answer"),
    path("triggers/<int:segment>/<str:pk>/take-back/", triggers.take_back, name="trigger_take_back"),
    path("workloads/<int:pk>/decision/", decision.decision, name="decision"),
    path("workloads/<int:pk>/decision.json", decision.record, name="record"),
    path("plans/", runs.runs, name="runs"),
    path("plans/<int:pk>/", runs.run, name="run"),
    path("plans/now/", runs.plan_now, name="plan_now"),
    path("preview/", preview.preview, name="preview"),
    path("policy/", policy.policy, name="policy"),
    path("how-figures-are-made/", policy.how, name="how"),
    path("reviews/", reviews.queue, name="queue"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("reviews/<int:pk>/decide/", reviews.decide, name="decide"),
]
