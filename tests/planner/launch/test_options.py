"""What the environment may ask of the start command."""

from pathlib import Path

import pytest

from planner.launch.failure import CannotStartError
from planner.launch.options import CHECKOUT, Options, read_options


def test_it_starts_with_its_own_parts_when_nothing_is_said() -> None:
    assert read_options({}) == Options(data_dir=CHECKOUT / "var")


def test_it_takes_every_choice_from_the_environment(tmp_path: Path) -> None:
    secret = tmp_path / "address"
    secret.write_text("postgresql://db/planner\n")
    environ = {
        "PORT": "8001",
        "PLANNER_DATA_DIR": str(tmp_path),
        "DATABASE_URL_FILE": str(secret),
        "CELERY_BROKER_URL": "redis://queue:6379/0",
        "PLANNER_PG_BIN": "/opt/postgresql/bin",
        "PLANNER_PG_USER": "postgres",
        "SAMPLE": "no",
    }
    assert read_options(environ) == Options(
        data_dir=tmp_path,
        port=8001,
        database_url="postgresql://db/planner",
        broker_url="redis://queue:6379/0",
        pg_bin="/opt/postgresql/bin",
        pg_user="postgres",
        sample=False,
    )


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "abc"}, "PORT must be a number between 1 and 65535, not 'abc'."),
        ({"PORT": "0"}, "PORT must be a number between 1 and 65535, not '0'."),
        ({"PORT": "65536"}, "PORT must be a number between 1 and 65535, not '65536'."),
        ({"PORT": "²"}, "PORT must be a number between 1 and 65535, not '²'."),
        ({"SAMPLE": "maybe"}, "SAMPLE must be 1 or 0, not 'maybe'."),
        ({"PLANNER_DATA_DIR": __file__}, f"PLANNER_DATA_DIR must be a folder, and {__file__} is a file."),
        (
            {"CELERY_BROKER_URL": "filesystem://queue"},
            "CELERY_BROKER_URL must start with one of redis://, rediss://, amqp://, amqps://, not 'filesystem'.",
        ),
        (
            {"DATABASE_URL_FILE": "/nowhere/address"},
            "DATABASE_URL_FILE: cannot read /nowhere/address (No such file or directory).",
        ),
    ],
)
def test_it_refuses_a_bad_value_by_name(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(CannotStartError) as refusal:
        read_options(environ)
    assert str(refusal.value) == sentence
