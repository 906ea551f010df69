"""Consent and vulnerability: what may be done, and what to be careful about."""

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegrate.accounts.guard import signed_in_user
from reintegrate.cases import forms, queries, services
from reintegrate.cases.codes import Answer
from reintegrate.cases.loading import Opened, open_case
from reintegrate.cases.models import Consent, VulnerabilityFactor
from reintegrate.cases.views import bp, form_page, page
from reintegrate.config import LANGUAGES
from reintegrate.web.access import performs
from reintegrate.web.formats import language, language_name, today
from reintegrate.web.forms import showing_errors
from reintegrate.web.operations import commit_and_go


@bp.get("/<reference>/consent")
@performs("case.read.c2")
def consents(reference: str) -> ResponseReturnValue:
    """All answers to consent texts."""
    opened = open_case(reference, "case.read.c2")
    return page("cases/consents.html", opened, consents=queries.consents_of(opened.case))


def _consent_form(opened: Opened) -> forms.ConsentForm:
    spoken = queries.languages_of(opened.case)
    offered = list(dict.fromkeys([*spoken, *LANGUAGES]))
    asked_in = request.args.get("language")
    first = asked_in if asked_in in offered else (spoken or [language()])[0]
    form = forms.ConsentForm({"answered_on": today(opened.case.office.timezone), "language": first})
    form.language.offer((code, language_name(code)) for code in offered)
    return form


def _consent_page(opened: Opened, form: forms.ConsentForm) -> str:
    texts = queries.consent_texts(form.language.data or language())
    return page("cases/consent.html", opened, form=form, texts=texts)


@bp.get("/<reference>/consent/new")
@performs("consent.record")
def new_consent(reference: str) -> ResponseReturnValue:
    """Record an answer; the texts are shown in the language of the person, or in `language`."""
    opened = open_case(reference, "consent.record")
    return _consent_page(opened, _consent_form(opened))


@bp.post("/<reference>/consent/new")
@performs("consent.record")
def record_consent(reference: str) -> ResponseReturnValue:
    """Keep the answer with the text that was shown."""
    opened = open_case(reference, "consent.record")
    form = _consent_form(opened)
    if form.submitted():
        facts = form.facts()
        with showing_errors(form):
            services.record_consent(
                opened.case,
                **facts | {"given": facts["given"] == Answer.YES},
                text=queries.consent_text(facts["purpose"], facts["language"]),
                recorded_by=signed_in_user(),
            )
            back = url_for(".consents", reference=opened.case.reference)
            return commit_and_go(back, _("Answer recorded"))
    return _consent_page(opened, form)


@bp.get("/<reference>/consent/<int:consent_id>/withdraw")
@performs("consent.withdraw")
def ask_withdrawal(reference: str, consent_id: int) -> ResponseReturnValue:
    """On which day the consent was withdrawn."""
    opened = open_case(reference, "consent.withdraw")
    queries.part_of(opened.case, Consent, consent_id) or abort(404)
    form = forms.WithdrawConsentForm({"on": today(opened.case.office.timezone)})
    return form_page(
        opened,
        form,
        title=_("Withdraw consent"),
        lead=_("Nothing more is passed on from that day. What the law asks to keep is kept."),
        button=_("Record the withdrawal"),
    )


@bp.post("/<reference>/consent/<int:consent_id>/withdraw")
@performs("consent.withdraw")
def withdraw_consent(reference: str, consent_id: int) -> ResponseReturnValue:
    """End a consent."""
    opened = open_case(reference, "consent.withdraw")
    consent = queries.part_of(opened.case, Consent, consent_id) or abort(404)
    form = forms.WithdrawConsentForm()
    if form.submitted():
        with showing_errors(form):
            services.withdraw_consent(opened.case, consent, on=form.on.data)
            return commit_and_go(
                url_for(".consents", reference=opened.case.reference), _("Withdrawal recorded")
            )
    return form_page(opened, form, title=_("Withdraw consent"), button=_("Record the withdrawal"))


@bp.get("/<reference>/screening")
@performs("case.read.c3")
def screening(reference: str) -> ResponseReturnValue:
    """The findings of the vulnerability screening."""
    opened = open_case(reference, "case.read.c3")
    form = forms.ScreeningForm({"on": today(opened.case.office.timezone)})
    return page("cases/screening.html", opened, form=form, factors=queries.factors_of(opened.case))


@bp.post("/<reference>/screening")
@performs("case.update.c3")
def complete_screening(reference: str) -> ResponseReturnValue:
    """Say that the screening is done."""
    opened = open_case(reference, "case.update.c3")
    form = forms.ScreeningForm()
    if form.submitted():
        services.complete_screening(opened.case, on=form.on.data)
        return commit_and_go(
            url_for("caseload.overview", reference=opened.case.reference), _("Screening completed")
        )
    readable = queries.factors_of(opened.case) if opened.sees("case.read.c3") else []
    return page("cases/screening.html", opened, form=form, factors=readable)


FACTOR_FACTS = ("category", "level", "direction", "severity", "note", "action", "review_on")


def _factor(opened: Opened, factor_id: int) -> VulnerabilityFactor | None:
    if not factor_id:
        return None
    return queries.part_of(opened.case, VulnerabilityFactor, factor_id) or abort(404)


def _factor_form(factor: VulnerabilityFactor | None) -> forms.FactorForm:
    if factor is None:
        return forms.FactorForm()
    return forms.FactorForm({name: getattr(factor, name) for name in FACTOR_FACTS}, factor.version)


@bp.get("/<reference>/screening/<int:factor_id>")
@performs("case.update.c3")
def edit_factor(reference: str, factor_id: int) -> ResponseReturnValue:
    """A finding to correct, or with number 0 a new one."""
    opened = open_case(reference, "case.update.c3")
    form = _factor_form(_factor(opened, factor_id))
    back = url_for(".screening", reference=reference)
    return form_page(opened, form, title=_("Finding"), button=_("Save the finding"), back=back)


@bp.post("/<reference>/screening/<int:factor_id>")
@performs("case.update.c3")
def save_factor(reference: str, factor_id: int) -> ResponseReturnValue:
    """Write down a finding; a day for looking again becomes a task."""
    opened = open_case(reference, "case.update.c3")
    factor = _factor(opened, factor_id)
    form = _factor_form(factor)
    back = url_for(".screening", reference=opened.case.reference)
    if form.submitted():
        services.save_factor(opened.case, factor, **form.facts())
        return commit_and_go(back, _("Finding saved"))
    return form_page(opened, form, title=_("Finding"), button=_("Save the finding"), back=back)
