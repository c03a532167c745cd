"""Uploading a usage file, connecting a proxy, and saying whose traffic is whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.conf import settings

from workloads.models import AttributionRule, Segment, UsageSource, Workload
from workloads.models.usage import SourceKind
from workloads.selectors.usage.pages import label_fields

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import QueryDict

UPLOADS = "CSV uploads"


class UploadForm(forms.Form):
    """A CSV file for a source."""

    file = forms.FileField(
        label="CSV file",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": "Choose the file to upload.",
            "empty": "This file is empty: the first line must name the columns.",
        },
    )
    source = forms.CharField(
        label="Source",
        initial=UPLOADS,
        max_length=80,
        help_text="Where the file comes from, such as the gateway's name. Files of one source share their rules.",
    )
    accept_bad = forms.BooleanField(
        label="Count the good rows, however many are bad",
        required=False,
        help_text="Otherwise a file with too many bad rows is held and nothing of it counts.",
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        most = settings.USAGE_FILE_MAX_BYTES
        if (file.size or 0) > most:
            raise forms.ValidationError(
                f"This file has {(file.size or 0) / 1e6:,.0f} MB; at most {most / 1e6:,.0f} MB are read. Split it by month."
            )
        return file

    def clean_source(self) -> str:
        name: str = self.cleaned_data["source"]
        if UsageSource.objects.filter(name=name).exclude(kind=SourceKind.CSV).exists():
            raise forms.ValidationError(
                f"{name} is a proxy that is pulled. Give the files a name of their own."
            )
        return name


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A LiteLLM proxy to pull from."""

    base_url = forms.URLField(
        label="Address",
        assume_scheme="https",
        help_text="Without a path, such as https://gateway.example.com.",
    )
    every_hours = forms.IntegerField(
        label="Pull every",
        initial=1,
        min_value=0,
        max_value=24 * 31,
        help_text="0 switches the schedule off; the button stays.",
    )
    history_days = forms.IntegerField(
        label="First pull reads back",
        initial=30,
        min_value=0,
        max_value=3 * 366,
        help_text="Days. Later pulls read the last two days again, because sources correct late.",
    )
    key_ref = forms.CharField(
        label="Admin key",
        max_length=200,
        help_text="Where the worker finds it: env:NAME or file:PATH. The key itself is never stored.",
    )

    class Meta:
        model = UsageSource
        fields = ("name", "base_url", "key_ref", "allow_private", "every_hours", "history_days")
        labels: ClassVar[dict[str, Any]] = {
            "allow_private": "May be reached at a private address",
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "name": "As people here call it.",
            "allow_private": "Tick it for a proxy inside your own network. Otherwise only public addresses are called.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = SourceKind.LITELLM

    def clean_key_ref(self) -> str:
        reference: str = self.cleaned_data["key_ref"]
        kind, _, name = reference.partition(":")
        if kind not in {"env", "file"} or not name:
            posted = cast("QueryDict", self.data).copy()
            posted[self.add_prefix("key_ref")] = ""  # a key that was pasted must not come back on the page
            self.data = posted
            raise forms.ValidationError(
                "Write where the key is, not the key: env:LITELLM_ADMIN_KEY or file:/run/secrets/litellm."
            )
        return reference


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Traffic with this label belongs to this workload."""

    field = forms.ChoiceField(label="Label")

    class Meta:
        model = AttributionRule
        fields = ("field", "pattern", "workload", "segment", "source", "priority")
        labels: ClassVar[dict[str, Any]] = {"pattern": "Value", "workload": "Belongs to", "priority": "Order"}
        help_texts: ClassVar[dict[str, Any]] = {
            "pattern": "Exactly this, or with * for any text: team-a-*.",
            "segment": "Only where this traffic is one segment's alone; otherwise the segments' shares apply.",
            "source": "Every source, unless one is chosen.",
            "priority": "Rules are asked from the lowest number up; the first that matches wins.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get("field") or self.initial.get("field")
        fields = label_fields()
        fields += [asked] if asked and asked.startswith("metadata.") and asked not in fields else []
        cast("forms.ChoiceField", self.fields["field"]).choices = [(name, name) for name in fields]
        active = Workload.objects.filter(archived_at=None)
        segments = Segment.objects.filter(workload__in=active).select_related("workload")
        cast("forms.ModelChoiceField[Workload]", self.fields["workload"]).queryset = active
        cast("forms.ModelChoiceField[Segment]", self.fields["segment"]).queryset = segments
        empty = {"workload": "Choose a workload", "segment": "The whole workload", "source": "Every source"}
        for name, words in empty.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).empty_label = words

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        segment, workload = cleaned.get("segment"), cleaned.get("workload")
        if segment and workload and segment.workload_id != workload.pk:
            self.add_error(
                "segment", f"This segment is not one of {workload}. Choose one of its own, or none."
            )
        return cleaned

    def validate_unique(self) -> None:
        """A rule that asks the same as another takes its place (services.attribution.save_rule)."""

    def validate_constraints(self) -> None:
        """As above."""
