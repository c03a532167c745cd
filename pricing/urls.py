from django.urls import path

from pricing.views import book, conflicts, feeds, own, providers, snapshots

app_name = "pricing"
urlpatterns = [
    path("", book.book, name="book"),
    path("add/", own.add, name="add_price"),
    path("offers/<int:pk>/", book.offer, name="offer"),
    path("offers/<int:pk>/own/", own.enter, name="own_price"),
    path("own/<int:pk>/end/", own.end, name="end_own_price"),
    path("providers/<str:slug>/", providers.provider, name="provider"),
    path("certificates/<int:pk>/take-out/", providers.take_out, name="take_out_certificate"),
    path("snapshots/<str:name>/", snapshots.snapshot, name="snapshot"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/<slug:name>/pull/", feeds.pull, name="pull"),
    path("runs/<int:pk>/", feeds.feed_run, name="feed_run"),
    path("runs/<int:pk>/take/", feeds.take, name="take"),
    path("rates/", feeds.rates, name="rates"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/<int:pk>/", conflicts.choose, name="choose"),
    path("quotes/<int:pk>/", conflicts.quote, name="quote"),
]
