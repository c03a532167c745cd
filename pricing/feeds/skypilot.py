"""SkyPilot's catalogue of one cloud (vms.csv): US dollars an hour for the whole instance, on demand and spot.

Rows are instances times regions, whether or not there are any left. Their GpuInfo is not read: its sizes are wrong in
places (0, GiB for MiB, not times the count).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pricing.feeds import instances, names
from pricing.feeds.base import load_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.feeds.base import QuoteRow, Reading
    from pricing.feeds.instances import Row

COLUMNS = {"InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "Region", "SpotPrice"}
CLOUD_IN = re.compile(r"/([a-z0-9_-]+)")  # v9/lambda@2c3d7ea, as excerpts of several clouds name their files
MIB_PER_GB = 1_024
PRICES = (("Price", ""), ("SpotPrice", instances.SPOT))


def parse_of(document: bytes, whose: str) -> Reading:
    """The machines with GPUs of the cloud WHOSE file this is; raises FeedError where nobody says which."""
    rows = [row for row in load_rows(document, COLUMNS) if row["AcceleratorName"].strip()]
    for row in rows:
        row["cloud"] = instances.whose_of(_cloud_in(row), whose)
    return instances.read(rows, _quotes, _key, "SkyPilot catalogue")


def _cloud_in(row: Row) -> str:
    found = CLOUD_IN.search(row.get("src", ""))
    return found[1] if found else row.get("Cloud", "")


def _key(row: Row) -> str:
    return f"{row['cloud']}/{row['InstanceType']}/{row['Region'].lower()}"


def _quotes(row: Row) -> Iterator[QuoteRow]:
    gpu = names.gpu_slug(row["AcceleratorName"], _memory_gb(row))
    count, region = instances.whole_gpus(row["AcceleratorCount"]), instances.a_region(row["Region"])
    for column, terms in PRICES:
        if row[column].strip():
            yield instances.instance(
                provider=row["cloud"],
                region=region,
                gpu=gpu,
                count=count,
                amount=instances.amount_of(row[column]),
                key=_key(row),
                terms=terms,
                raw={"id": row["InstanceType"], "key": column, "value": row[column]},
            )


def _memory_gb(row: Row) -> float | None:
    """Good for telling two boards of one name apart, and for nothing else."""
    text = (
        row.get("GpuInfo_SizeInMiB")
        or (re.search(r"'SizeInMiB':\s*(\d+)", row.get("GpuInfo", "")) or ["", ""])[1]
    )
    return float(text) / MIB_PER_GB if text else None
