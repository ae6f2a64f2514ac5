"""The behaviours of every page, in a browser: nothing typed is lost, and the focus is kept."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import session as cookie
from flask.sessions import SecureCookieSessionInterface
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import BrowserContext, FilePayload, Page, expect
from werkzeug.serving import make_server
from wtforms import MultipleFileField, PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length

from tests import browsers, servers
from workspace.foundation.access import Actor
from workspace.foundation.clock import now
from workspace.foundation.errors import Denied
from workspace.foundation.forms import Form
from workspace.foundation.settings import Settings
from workspace.foundation.unit import write
from workspace.foundation.web import Doors, go, page

Visit = Callable[..., browsers.Visit]
PLACES = {
    "trial/letter.html": """{% extends "_layout/page.html" %}
{% block title %}Letter{% endblock %}
{% block content %}<h1>Letter</h1>
{% block letter %}{% call ui.form_frame(form, action="/trial/letter", draft="letter", upload=True,
id="letter") %}{{ ui.field(form.text, counter=True) }}{{ ui.field(form.secret) }}
{{ ui.field(form.files) }}{% call ui.form_actions() %}{{ ui.button("Send letter", kind="primary") }}
{% endcall %}{% endcall %}{% endblock %}
<div id="list"><p>Old list</p>{{ ui.button("Reload list", type="button", id="reload",
hx_get="/trial/list", hx_target="#list") }}</div>
<p id="other">{{ ui.button("Ask", type="button", hx_get="/trial/refuses", hx_target="#other") }}</p>
{{ ui.dialog_button("sure", "Open a dialog") }}
{% call ui.dialog("sure", "A question") %}{{ ui.dialog_cancel("sure") }}{% endcall %}
{% call ui.menu("more", "More") %}<a href="#one">One</a><a href="#two">Two</a>{% endcall %}
{% endblock %}""",
    "trial/list.html": """<div id="list"><h2 data-focus>New list</h2></div>""",
    "trial/sent.html": """{% extends "_layout/page.html" %}{% block title %}Sent{% endblock %}
{% block content %}<h1>Sent</h1><p id="body">{{ sent }}</p>{% endblock %}""",
}


class Letter(Form):
    """Text, a secret and files."""

    text = TextAreaField("Text", validators=[InputRequired("Write something."), Length(max=40)])
    secret = PasswordField("Secret")
    files = MultipleFileField("Files")


def trial_doors() -> Doors:
    """Pages that only this test has."""
    doors = Doors("trial", "/trial")
    sent: list[str] = []

    @doors.page("/letter", public="test", methods=["GET", "POST"], upload=True)
    def letter(_actor: Actor) -> Any:
        form = Letter()
        if form.validate_on_submit():
            names = [it.filename for it in form.files.data if it.filename]
            sent[:] = [f"{form.text.data} {' '.join(names)}"]
            return go(".done", "Letter sent.")
        return page("trial/letter.html", form=form)

    @doors.page("/done", public="test")
    def done(_actor: Actor) -> Any:
        return page("trial/sent.html", sent=sent[0])

    @doors.page("/list", public="test")
    def anew(_actor: Actor) -> Any:
        return page("trial/list.html")

    @doors.page("/refuses", public="test")
    def refuses(_actor: Actor) -> Any:
        raise Denied("The gate is closed.")

    return doors


DATA: list[FilePayload] = [{"name": "data.csv", "mimeType": "text/csv", "buffer": b"a,b\n" * 1000}]


@dataclass
class House:
    """The workspace with the pages of this test, and the cookies of two people in it."""

    url: str
    cookie: str
    """Its name."""
    values: tuple[str, ...]

    def enter(self, context: BrowserContext, who: int = 0) -> None:
        """Sign one of them in."""
        context.add_cookies([{"name": self.cookie, "value": self.values[who], "url": self.url}])


@pytest.fixture
def house(sqlite_databases: servers.SqliteDatabases, tmp_path: Path) -> Iterator[House]:
    """Served as in development, in a thread."""
    from tests import builders
    from workspace.accounts import sessions
    from wsgi import create_app

    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    with sqlite_databases.fresh() as database:
        app = create_app(
            Settings(
                environment="development",
                data_dir=str(tmp_path),
                database_url=database,
                secret_key=servers.SECRET,
                mail="memory",
                base_url=url,
                jobs_in_process=False,
            )
        )
        own = app.jinja_loader
        assert own is not None
        app.jinja_loader = ChoiceLoader([DictLoader(PLACES), own])
        app.register_blueprint(trial_doors().blueprint)
        values = []
        for name in ("Rita Moreau", "Tomas Kral"):
            with app.test_request_context(), write():
                sessions.begin(builders.person(name), now())
                signer = SecureCookieSessionInterface().get_signing_serializer(app)
                assert signer is not None
                values.append(str(signer.dumps(dict(cookie))))
        served = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        try:
            yield House(url, app.config["SESSION_COOKIE_NAME"], tuple(values))
        finally:
            served.shutdown()
            thread.join()
            app.extensions["innocore.database"].close()


@pytest.fixture
def letter(house: House, visit: Visit) -> browsers.Visit:
    """The page with a form and everything else, open and signed in."""
    opened = visit(house.url)
    house.enter(opened.context)
    opened.page.goto("/trial/letter")
    return opened


def type_letter(page: Page, text: str) -> None:
    """Type and wait until the browser keeps it."""
    page.get_by_label("Text").press_sequentially(text)
    expect(page.locator("#text-count")).to_contain_text("left")
    expect(page.get_by_text("Kept on this device")).to_be_visible()


def drafts(page: Page) -> list[str]:
    """What this browser keeps."""
    found: list[str] = page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.startsWith('draft:')).map(([, v]) => v)"
    )
    return found


def test_typed_text_survives_leaving_and_no_secret_is_kept(letter: browsers.Visit) -> None:
    page = letter.page
    page.get_by_label("Secret").fill("hush-hush")
    type_letter(page, "Dear sponsor")
    page.goto("/trial/done-elsewhere")
    page.goto("/trial/letter")
    expect(page.get_by_label("Text")).to_have_value("Dear sponsor")
    expect(page.get_by_text("It is not sent yet")).to_be_visible()
    assert "hush" not in "".join(drafts(page))
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Text")).to_have_value("")
    assert not drafts(page)


def test_a_draft_ends_when_the_form_is_accepted(letter: browsers.Visit) -> None:
    page = letter.page
    type_letter(page, "Dear sponsor")
    page.get_by_role("button", name="Send letter").click()
    expect(page.locator("#body")).to_contain_text("Dear sponsor")
    assert not drafts(page)


def test_a_draft_outlives_a_session(house: House, letter: browsers.Visit) -> None:
    page = letter.page
    type_letter(page, "Dear sponsor")
    letter.context.clear_cookies()
    page.get_by_role("button", name="Send letter").click()
    page.wait_for_load_state()
    house.enter(letter.context)
    page.goto("/trial/letter")
    expect(page.get_by_label("Text")).to_have_value("Dear sponsor")


def test_signing_out_takes_drafts_along(letter: browsers.Visit) -> None:
    page = letter.page
    type_letter(page, "Dear sponsor")
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert not drafts(page)


def test_somebody_else_finds_no_draft(house: House, letter: browsers.Visit) -> None:
    """Nobody signed out: the session ended, and the next person uses the same browser."""
    page = letter.page
    type_letter(page, "Dear sponsor")
    old = {"at": 0, "values": [["text", "Long ago"]]}
    page.evaluate("it => localStorage.setItem('draft::/register:r', JSON.stringify(it))", old)
    letter.context.clear_cookies()
    page.goto("/trial/letter")
    assert drafts(page) and "Long ago" not in "".join(drafts(page))
    house.enter(letter.context, 1)
    page.goto("/trial/letter")
    expect(page.get_by_label("Text")).to_have_value("")
    assert not drafts(page)


def test_errors_take_the_focus_and_the_title(letter: browsers.Visit) -> None:
    page = letter.page
    page.get_by_role("button", name="Send letter").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    page.locator("#error-summary a").click()
    expect(page.get_by_label("Text")).to_be_focused()
    expect(page.get_by_label("Text")).to_have_accessible_description(
        re.compile(r"Write something\.")
    )


def test_an_upload_that_is_cut_can_be_tried_again(letter: browsers.Visit) -> None:
    page = letter.page
    type_letter(page, "With data")
    page.get_by_label("Files").set_input_files(DATA)
    expect(page.get_by_text("data.csv")).to_be_visible()
    page.route("**/trial/letter", lambda route: route.abort())
    page.get_by_role("button", name="Send letter").click()
    expect(page.get_by_text("The upload stopped").first).to_be_visible()
    page.unroute("**/trial/letter")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#body")).to_contain_text("With data data.csv")
    assert not drafts(page)
    letter.forgive("ERR_FAILED")


def test_a_refused_upload_keeps_the_chosen_file(letter: browsers.Visit) -> None:
    page = letter.page
    page.get_by_label("Files").set_input_files(DATA)
    page.get_by_role("button", name="Send letter").click()
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_label("Text").fill("Now with text")
    page.get_by_role("button", name="Send letter").click()
    expect(page.locator("#body")).to_contain_text("Now with text data.csv")


def test_a_swap_moves_the_focus_and_a_refusal_leaves_the_page_alone(letter: browsers.Visit) -> None:
    page = letter.page
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("The gate is closed.")).to_be_visible()
    expect(page.get_by_role("button", name="Ask")).to_be_visible()
    page.get_by_role("button", name="Reload list").click()
    expect(page.get_by_role("heading", name="New list")).to_be_focused()


def test_keys_reach_menus_dialogs_and_search(letter: browsers.Visit) -> None:
    page = letter.page
    opener = page.get_by_role("button", name="Open a dialog")
    opener.press("Enter")
    expect(page.get_by_role("dialog", name="A question")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    more = page.get_by_role("button", name="More", exact=True)
    more.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="One")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name="Two")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


@pytest.mark.parametrize("width", [browsers.WIDE, browsers.PHONE])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_is_accessible(
    house: House, visit: Visit, width: int, theme: browsers.Theme
) -> None:
    opened = visit(house.url, width=width, theme=theme)
    house.enter(opened.context)
    opened.page.goto("/style")
    assert not browsers.accessibility_faults(opened.page)
    wider: bool = opened.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, "the page is wider than the window"
    opened.page.get_by_role("button", name="Account of").click()
    opened.page.get_by_role("button", name="Open a dialog").first.dispatch_event("click")
    assert not browsers.accessibility_faults(opened.page)
