import re
from pathlib import Path

import pytest

from config.settings import OWN_KEYS, BadSettings, declared, load_settings
from planner.domain import Role

ROOT = Path(__file__).resolve().parents[2]


def test_defaults_lie_under_the_root(tmp_path):
    settings = load_settings(tmp_path, {"HOME": "/somewhere"})
    assert settings.paths.var == tmp_path / "var"
    assert settings.paths.region("yunxi") == tmp_path / "var" / "regions" / "yunxi"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/rounds.sqlite"
    assert (settings.host, settings.port, settings.language) == ("127.0.0.1", 8501, "en")
    assert settings.demo_role is Role.MANAGER


def test_the_environment_overrides(tmp_path):
    environ = {
        "ROUNDS_VAR": "elsewhere",
        "ROUNDS_PORT": " 9000 ",
        "ROUNDS_LANGUAGE": "zh",
        "ROUNDS_DEMO_ROLE": "collector",
        "ROUNDS_OSRM_URL": "http://roads.bank:5000/",
        "ROUNDS_DATABASE_URL": "postgresql://db/rounds",
        "ROUNDS_PLAN_SECONDS": "",
        "ROUNDS_LONG": "1",
    }
    settings = load_settings(tmp_path, environ)
    assert settings.paths.database == tmp_path / "elsewhere" / "rounds.sqlite"
    assert (settings.port, settings.language, settings.demo_role) == (9000, "zh", Role.COLLECTOR)
    assert (settings.osrm_url, settings.plan_seconds) == ("http://roads.bank:5000", 30)
    assert settings.database_url == "postgresql://db/rounds"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("ROUNDS_PROT", "8501", "not a setting"),
        ("ROUNDS_PORT", "0", "1 to 65535"),
        ("ROUNDS_PORT", "1_000", "whole number"),
        ("ROUNDS_PORT", "٨٥٠١", "whole number"),
        ("ROUNDS_LANGUAGE", "fr", "en, zh"),
        ("ROUNDS_HOST", "all of them", "0.0.0.0"),
        ("ROUNDS_PUBLIC_URL", "rounds.bank", "an address"),
        ("ROUNDS_SIGN_IN", "nobody", "demo, accounts"),
        ("ROUNDS_DEMO_ROLE", "gate", "manager"),
        ("ROUNDS_DEMO_ROLE", "system", "manager"),
        ("ROUNDS_OSRM_URL", "roads.bank", "an address"),
        ("ROUNDS_OSRM_TABLE", "1", "2 to 10000"),
        ("ROUNDS_GEOCODER", "google", "nominatim, amap"),
        ("ROUNDS_GEOCODER_URL", "http://places.bank", "https"),
        ("ROUNDS_GEOCODER_URL", "https://places.bank/?q=", "question mark"),
        ("ROUNDS_GEOCODER", "amap", "together"),
        ("ROUNDS_GEOCODER_URL", "https://places.bank", "together"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, key, value, said):
    with pytest.raises(BadSettings, match=said) as refused:
        load_settings(tmp_path, {key: value})
    assert key in str(refused.value)


def test_all_faults_are_named_at_once(tmp_path):
    with pytest.raises(BadSettings, match=r"ROUNDS_HOSTS.*ROUNDS_PORT"):
        load_settings(tmp_path, {"ROUNDS_PORT": "x", "ROUNDS_HOSTS": "a"})


def test_the_page_of_settings_says_what_the_code_does():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(ROUNDS_\w+)` \| (?:`(.*?)`)? ?\| (.*?) \|$", text, re.MULTILINE)
    written = {key: (default, meaning) for key, default, meaning in rows}
    assert written.pop("ROUNDS_VAR")[0] == "var"
    code = {one.metadata["key"]: (str(one.default), one.metadata["meaning"]) for one in declared()}
    assert written == code
    for key in OWN_KEYS:
        assert f"`{key}`" in text


def test_every_file_the_page_names_exists():
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in re.findall(r"`(config/[\w./]+)`", text):
        assert (ROOT / name).exists(), name


def test_a_token_that_cannot_be_used_is_not_told(tmp_path):
    with pytest.raises(BadSettings) as refused:
        load_settings(tmp_path, {"ROUNDS_METRICS_TOKEN": "short-secret"})
    assert "ROUNDS_METRICS_TOKEN" in str(refused.value)
    assert "short-secret" not in str(refused.value)
