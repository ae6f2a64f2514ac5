"""The shape of what people type about challenges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, Optional, Regexp

from workspace.challenges.brief import (
    CONFIDENTIALITY_LABELS,
    IP_MODELS,
    MAX_CRITERIA,
    TIMELINE_LABELS,
    Brief,
    Criterion,
    Prize,
    Terms,
    Timeline,
)
from workspace.foundation.checks import Problem
from workspace.foundation.days import instant
from workspace.foundation.forms import SHORT, Form, text_field, title_field
from workspace.foundation.text import _, lazy

MOST = 1_000_000_000
FIRST_YEAR, LAST_YEAR = 2000, 2100


class WholeNumber(IntegerField):
    """A whole number; the sentence of a wrong one is ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the text; blanks mean nothing typed."""
        self.data = None
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            return
        try:
            self.data = int(text)
        except ValueError:
            raise ValueError(_("Write a whole number, for example 20.")) from None


class Moment(DateTimeLocalField):
    """Day and hour on the wall of the edition's zone; naive."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, format="%Y-%m-%dT%H:%M", **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what the browser sends; years far away are refused."""
        self.data = None
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            return
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            read = None
        if read is None or read.tzinfo is not None or not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise ValueError(_("Write day and time like 2026-12-14 23:59."))
        self.data = read


def number(label: Any, low: int = 0, high: int = MOST, **kwargs: Any) -> WholeNumber:
    """A whole number from `low` to `high`; may be left empty."""
    message = lazy("Write a number from %(min)s to %(max)s.", min=low, max=high)
    return WholeNumber(
        label, validators=[Optional(), NumberRange(min=low, max=high, message=message)],
        **kwargs,
    )


class CriterionForm(Form):
    """One row of the criteria."""

    title = title_field(lazy("Criterion"), required=False)
    weight = number(lazy("Weight in percent"), 0, 100)
    measure = title_field(lazy("How it is measured"), required=False, maximum=SHORT)

    @property
    def is_empty(self) -> bool:
        """Nothing is typed in this row."""
        return not (self.title.data or self.weight.data or self.measure.data)


class ChallengeForm(Form):
    """The whole brief. Nothing is required for a draft; `check_brief` says what review needs."""

    key = HiddenField(validators=[Optional(), Regexp(r"^[A-Za-z0-9_-]{22}$")])
    edition = SelectField(lazy("Edition"), validate_choice=False)
    organisation = SelectField(lazy("Sponsor"), validate_choice=False)
    title = title_field(
        lazy("Challenge title"), required=False,
        description=lazy("Teams see this first. Name the problem, not the solution."),
    )
    sector = title_field(
        lazy("Sector"), required=False, maximum=60,
        description=lazy("One or two words, for example diagnostics."),
    )
    problem = text_field(
        lazy("What is the problem, and for whom?"), required=False,
        description=lazy("Two or three sentences."),
    )
    background = text_field(
        lazy("Background"), required=False,
        description=lazy("What is known, what was tried, why it matters to you."),
    )
    constraints = text_field(
        lazy("Constraints"), required=False,
        description=lazy("What every solution must keep. One line each, beginning with a dash."),
    )
    criteria = FieldList(FormField(CriterionForm), lazy("Criteria"), max_entries=MAX_CRITERIA + 8)
    confidentiality = RadioField(
        lazy("Who may read it"),
        choices=[SelectChoice(it.value, label) for it, label in CONFIDENTIALITY_LABELS.items()],
    )
    annex = text_field(
        lazy("Confidential annex"), required=False,
        description=lazy("Only people who have signed the confidentiality agreement read this."),
    )
    agreement_text = text_field(
        lazy("What readers of the annex promise"), required=False,
        description=lazy("Leave it empty to use the standard text."),
    )
    agreement_days = number(lazy("Days that the promise is valid"), 1, 3650)
    model = RadioField(
        lazy("Who owns the results"), validate_choice=False,
        choices=[SelectChoice(it.value, text.title) for it, text in IP_MODELS.items()],
    )
    terms_background = text_field(
        lazy("Knowledge that each side brings"), required=False, maximum=2000,
        description=lazy("Who keeps it, and on which terms others may use it."),
    )
    option_field = title_field(
        lazy("Field of use of your option"), required=False, maximum=SHORT
    )
    option_period_days = number(
        lazy("Days of the option"), 0, 3650,
        description=lazy("Counted from demo day. 0: no option."),
    )
    option_fee_eur = number(lazy("Fee for the option in euros"))
    fallback_after_option = title_field(
        lazy("What happens when you do not use the option"), required=False, maximum=SHORT
    )
    publication_review_days = number(lazy("Days to review a publication"), 0, 3650)
    max_publication_delay_days = number(lazy("Longest delay of a publication in days"), 0, 3650)
    thesis_always_examinable = BooleanField(lazy("A thesis stays open to its examiners"))
    prize_cash = number(lazy("Prize in euros"))
    prize_in_kind = title_field(
        lazy("What else the winners get"), required=False, maximum=SHORT,
        description=lazy("For example a paid pilot or hours at a facility."),
    )
    opens_at = Moment(TIMELINE_LABELS["opens_at"])
    applications_close_at = Moment(TIMELINE_LABELS["applications_close_at"])
    kick_off_at = Moment(TIMELINE_LABELS["kick_off_at"])
    mid_review_at = Moment(TIMELINE_LABELS["mid_review_at"])
    submission_at = Moment(TIMELINE_LABELS["submission_at"])
    demo_day_at = Moment(TIMELINE_LABELS["demo_day_at"])
    decision_within_days = number(lazy("Days for the decision after demo day"), 0, 3650)
    team_min = number(lazy("Members at least"), 0, 1000)
    team_max = number(lazy("Members at most"), 0, 1000)
    max_teams = number(
        lazy("Teams at most"), 0, 10_000, description=lazy("0 means that any number may enter.")
    )
    provided = text_field(
        lazy("What you give to the teams"), required=False,
        description=lazy("Samples, data, hardware, hours of your people."),
    )

    def row_added(self) -> bool:
        """Add an empty criterion; False when there are enough."""
        if len(self.criteria) >= MAX_CRITERIA:
            return False
        self.criteria.append_entry()
        return True

    def row_removed(self, index: int) -> None:
        """Take one criterion out; the others move up."""
        rows = [dict(it.data) for at, it in enumerate(self.criteria) if at != index]
        while len(self.criteria):
            self.criteria.pop_entry()
        for row in rows or [{}]:
            self.criteria.append_entry(row)

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside the field that it is about."""
        for problem in problems:
            field = self._field(problem.field)
            if field is None:
                self.form_errors.append(problem.reason)
            else:
                field.errors = [*field.errors, problem.reason]

    def _field(self, name: str) -> Any:
        parts = name.split("-")
        if len(parts) == 3 and parts[0] == "criteria" and int(parts[1]) < len(self.criteria):
            row = self.criteria[int(parts[1])]
            # The list shows an error of a row only when it has one itself.
            self.criteria.errors = [*self.criteria.errors, {}]
            return row.form[parts[2]]
        name = {"terms": "model", "prize": "prize_cash"}.get(name, name)
        return self._fields.get(name)


def shown_values(brief: Brief, zone: str) -> dict[str, Any]:
    """What the form shows for a brief; instants become wall times in `zone`."""
    values: dict[str, Any] = {
        name: getattr(brief, name)
        for name in (
            "title", "sector", "problem", "background", "constraints", "confidentiality", "annex",
            "agreement_text", "agreement_days", "team_min", "team_max", "max_teams", "provided",
        )
    }
    values |= {
        one.name: getattr(brief.terms, one.name)
        for one in fields(Terms) if one.name != "background"
    }
    values["terms_background"] = brief.terms.background
    values |= {"prize_cash": brief.prize.cash, "prize_in_kind": brief.prize.in_kind}
    values["decision_within_days"] = brief.timeline.decision_within_days
    for name in TIMELINE_LABELS:
        values[name] = wall(getattr(brief.timeline, name), zone)
    values["criteria"] = [
        {"title": it.title, "weight": it.weight or None, "measure": it.measure}
        for it in brief.criteria
    ] or [{}, {}]
    return values


def wall(at: datetime | None, zone: str) -> datetime | None:
    """The wall time of an instant in `zone`, without seconds; naive."""
    if at is None:
        return None
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def read_brief(form: ChallengeForm, before: Brief, zone: str, locked: Sequence[str] = ()) -> Brief:
    """The brief that the form holds; what it does not show (`locked`, or left out) stays."""

    def taken(name: str, held: Any, field: str | None = None) -> Any:
        field = field or name
        if name in locked or field in locked or field not in form:
            return held
        value = form[field].data
        if value is None:
            return 0 if isinstance(held, int) else ""
        return value

    terms = before.terms if "terms" in locked else Terms(**{
        one.name: taken(
            one.name, getattr(before.terms, one.name),
            "terms_background" if one.name == "background" else None,
        )
        for one in fields(Terms)
    })
    prize = before.prize if "prize" in locked else Prize(
        taken("prize_cash", before.prize.cash), taken("prize_in_kind", before.prize.in_kind)
    )
    criteria = before.criteria if "criteria" in locked else tuple(
        Criterion(it.form.title.data or "", it.form.weight.data or 0, it.form.measure.data or "")
        for it in form.criteria if not it.form.is_empty
    )
    plain = (
        "title", "sector", "problem", "background", "constraints", "confidentiality", "annex",
        "agreement_text", "agreement_days", "team_min", "team_max", "max_teams", "provided",
    )
    return Brief(
        **{name: taken(name, getattr(before, name)) for name in plain},
        criteria=criteria, terms=terms, prize=prize,
        timeline=_timeline(form, before.timeline, zone, locked),
    )


def _timeline(form: ChallengeForm, before: Timeline, zone: str, locked: Sequence[str]) -> Timeline:
    dates: dict[str, Any] = {}
    for name in TIMELINE_LABELS:
        was: datetime | None = getattr(before, name)
        typed: datetime | None = form[name].data if name in form else wall(was, zone)
        if typed == wall(was, zone):
            dates[name] = was  # not touched: seconds of the old instant stay
        else:
            dates[name] = instant(typed.date(), typed.time(), zone) if typed else None
    held = before.decision_within_days
    if "decision_within_days" in form and "decision_within_days" not in locked:
        held = form.decision_within_days.data or 0
    return Timeline(**dates, decision_within_days=held)


class ReasonForm(Form):
    """One reason, kept in the history."""

    reason = text_field(lazy("Reason"), maximum=2000)


class ChangesForm(Form):
    """What the sponsor is asked to change."""

    reason = text_field(
        lazy("What should the sponsor change?"), maximum=2000,
        description=lazy("The sponsor reads this. It stays in the history."),
    )


class PublishForm(Form):
    """The programme lead's word that the terms are signed."""

    terms_signed = BooleanField(lazy("The sponsor has signed the terms of this challenge"))


class QuestionForm(Form):
    """A question to the sponsor."""

    text = text_field(
        lazy("Your question"), maximum=2000,
        description=lazy(
            "Everybody who sees this challenge reads it. Nobody sees who asked. "
            "Write nothing that tells your idea."
        ),
    )


class AnswerForm(Form):
    """The sponsor's answer; `seen` is the mark of the answer that was there."""

    answer = text_field(lazy("Your answer"), maximum=5000)
    seen = HiddenField(validators=[Optional()])


class SignForm(Form):
    """A person's promise."""

    agreed = BooleanField(lazy("I have read this and I agree"))


