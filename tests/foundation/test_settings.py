"""Settings are read once and refused at start with the name of the wrong one."""

import pytest

from workspace.foundation.settings import Settings, WrongSetting


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INNOCORE_DATABASE_URL", "mysql://x"),
        ("INNOCORE_SECRET_KEY", "short"),
        ("INNOCORE_BASE_URL", "ftp://x"),
        ("INNOCORE_MAIL", "pigeon"),
        ("INNOCORE_SMTP_PORT", "many"),
        ("INNOCORE_SMTP_PORT", "0"),
        ("INNOCORE_ZONE", "Mars/Olympus"),
        ("INNOCORE_LANGUAGE", "tlh"),
        ("INNOCORE_ENVIRONMENT", "party"),
        ("INNOCORE_PROXIES", "-1"),
        ("INNOCORE_SMTP_TLS", "perhaps"),
        ("INNOCORE_RECORD_MAIL", "nobody"),
        ("INNOCORE_RECORD_MAIL", "a@b.example, c@d.example"),
        ("INNOCORE_NO_SUCH", "1"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=f"^{name}"):
        Settings.from_environment({name: value})


def test_the_demonstration_stays_on_this_machine() -> None:
    with pytest.raises(WrongSetting, match="INNOCORE_DEMO"):
        Settings.from_environment(
            {"INNOCORE_DEMO": "yes", "INNOCORE_BASE_URL": "https://example.org"}
        )


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: object) -> None:
    settings = Settings(data_dir=str(tmp_path))
    assert len(settings.secret()) >= 32
    assert settings.secret() == Settings(data_dir=str(tmp_path)).secret()
    assert (settings.data / "secret_key").stat().st_mode & 0o077 == 0
