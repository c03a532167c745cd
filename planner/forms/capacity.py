"""What the capacity page asks: a configuration and its load, and the pasted output of a benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms

from planner.engine.capacity import CapacityError, as_row, gpus, models
from planner.engine.capacity.precision import Precision

if TYPE_CHECKING:
    from planner.engine.capacity import Row

TEXT_MAX: Final = 200_000  # characters: a saved result without the details of each request is some thousand
GPUS_MAX: Final = 64
TOKENS_MAX: Final = 10_000_000
ENGINES: Final = (("", "Not decided"), ("vllm", "vLLM"), ("sglang", "SGLang"), ("trtllm", "TensorRT-LLM"))
START: Final = {
    "model": "Llama-3.3-70B",
    "gpu": "h100_sxm",
    "gpus": 2,
    "precision": "fp8",
    "engine": "",
    "input_tokens": 1200,
    "output_tokens": 250,
    "concurrency": 32,
}
COLUMNS: Final = {"n_gpu": "gpus"}  # of a row -> field here


class CapacityForm(forms.Form):
    """Which model on which GPUs under which load; `row` once it is valid."""

    model = forms.ChoiceField(label="Model")
    gpu = forms.ChoiceField(label="GPU")
    gpus = forms.IntegerField(label="GPUs per replica", min_value=1, max_value=GPUS_MAX)
    precision = forms.ChoiceField(label="Weights", choices=[(each, each) for each in Precision])
    engine = forms.ChoiceField(label="Engine", choices=ENGINES, required=False)
    input_tokens = forms.FloatField(label="Input tokens per request", min_value=1, max_value=TOKENS_MAX)
    output_tokens = forms.FloatField(label="Output tokens per request", min_value=1, max_value=TOKENS_MAX)
    concurrency = forms.FloatField(
        label="Requests at a time",
        min_value=1,
        max_value=TOKENS_MAX,
        required=False,
        help_text="Empty: as many as fit.",
    )
    itl_ms = forms.FloatField(label="Time per token, ms", min_value=1, max_value=10_000)

    def __init__(self, data: Any = None, *, target_ms: float) -> None:
        super().__init__(data or {**START, "itl_ms": f"{target_ms:g}"})
        self.row: Row | None = None
        names = [(each.name, each.title) for each in models().values()]
        cards = [(each.name, each.title) for each in gpus().values()]
        self.fields["model"].choices = sorted(names, key=lambda name: name[1])  # type: ignore[attr-defined]
        self.fields["gpu"].choices = cards  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if not self.errors:
            try:
                self.row = as_row({name: _text(value) for name, value in self._cells(given).items()})
            except CapacityError as error:
                self.add_error(COLUMNS.get(error.about, error.about), error.message)
        return given

    def _cells(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "row_id": "asked", "n_gpu": given["gpus"]}


class BenchmarkForm(forms.Form):
    """The output of a serving benchmark, and what to do with it."""

    text = forms.CharField(
        label="Output of your benchmark",
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false"}),
        help_text="vllm bench serve or sglang.bench_serving: the printed block, or the JSON file of --save-result.",
        error_messages={"required": "Paste the output of the benchmark."},
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        required=False,
        help_text="What is special about the machine or the engine.",
    )
    action = forms.ChoiceField(choices=(("preview", "Preview"), ("save", "Save")))


def _text(value: object) -> str:
    return "" if value is None else str(value)
