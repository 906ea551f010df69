"""The form every form here is: it has one effect, and never overwrites what somebody else saved."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any
from uuid import uuid4

from flask import flash, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from itsdangerous import BadSignature
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, ValidationError

from reintegrate.db import session
from reintegrate.errors import RuleError
from reintegrate.translations.libraries import FORM_TEXTS, FormTexts
from reintegrate.web import merging
from reintegrate.web.formats import listed


class EditConflictError(Exception):
    """The record was saved by somebody else in fields that this form changes too."""

    def __init__(self, form: "Form", merge: merging.Merge) -> None:
        super().__init__("edit conflict")
        self.form = form
        self.merge = merge


class Form(FlaskForm):
    """A form with the number of its operation and, where it edits, the version it was based on.

    `facts` are the current values of the record by field name and `record_version` its version;
    `edits` is the record, by which the merge page finds who saved it.
    A form sent with an older version is joined with what was saved since: where both changed the
    same field, `submitted` raises EditConflictError, which is answered with the merge page.
    """

    class Meta(FlaskForm.Meta):
        """What WTForms itself says comes from our catalogues."""

        def get_translations(self, _form: FlaskForm) -> FormTexts:
            """The texts of WTForms in the language of the request."""
            return FORM_TEXTS

    operation_id = HiddenField()
    version = HiddenField()
    based_on = HiddenField()
    before = HiddenField()

    def __init__(
        self,
        facts: dict[str, Any] | None = None,
        record_version: int | None = None,
        *,
        edits: Any = None,
        fresh: bool = False,
    ) -> None:
        """A form filled from what was sent, or with `fresh` from `facts` alone."""
        self._facts = facts or {}
        self._record_version = record_version
        self.edits = edits
        super().__init__(formdata=None if fresh else self._sent(), data=self._facts)
        self._start()

    def _start(self) -> None:
        """Give the form a number of its own, and what it is based on."""
        if not self.operation_id.data:
            self.operation_id.data = uuid4().hex
        if not self.version.data and self._record_version is not None:
            self.version.data = str(self._record_version)
            self.based_on.data = merging.seal(merging.snapshot(self))

    @staticmethod
    def _sent() -> MultiDict[str, Any] | None:
        if request.method != "POST":
            return None
        sent: MultiDict[str, Any] = MultiDict(merging.chosen(request.form))
        sent.update(request.files)
        return sent

    def content(self) -> Iterator[Field]:
        """The fields that people fill in."""
        own = {"csrf_token", "operation_id", "version", "based_on", "before"}
        return (field for field in self if field.short_name not in own)

    def facts(self) -> dict[str, Any]:
        """What was filled in, by field name, as keyword arguments for a service."""
        return {field.short_name: field.data for field in self.content() if field.type != "FileField"}

    def submitted(self) -> bool:
        """Whether a valid form was sent; joins it with a newer version first.

        Raises EditConflictError where somebody else saved other values of the same fields, and again
        where the merge page came back without a choice.
        """
        if not self.is_submitted() or "edit_again" in request.form:
            return False
        if self._record_version is not None:
            if merging.unpicked(request.form):
                self._join(self.before.data, asked_again=True)
            elif self.version.data != str(self._record_version):
                self._join(self.based_on.data)
        return bool(self.validate())

    def _join(self, sealed: str | None, *, asked_again: bool = False) -> None:
        base = _unsealed(sealed)
        others = {name: type(self)(self._facts, fresh=True) for name in ("theirs", "base")}
        theirs = merging.snapshot(others["theirs"])
        merging.fill(others["theirs"], theirs, self)
        merging.fill(others["base"], base, self)
        merge = merging.compare(self, others, base, theirs, merging.snapshot(self))
        if merge.conflicts:
            merge.asked_again = asked_again
            picks = merging.picks_of(request.form) if asked_again else {}
            for conflict in merge.conflicts:
                conflict.picked = picks.get(conflict.name, "")
            self._rest_on(theirs)
            self.before.data = merging.seal(base)
            raise EditConflictError(self, merge)
        operation = self.operation_id.data
        self.process(MultiDict(merge.joined()))
        self.operation_id.data = operation
        self._rest_on(theirs)
        if merge.joined_fields:
            labels = listed(joined.label for joined in merge.joined_fields)
            flash(_("Somebody saved meanwhile; kept beside yours: %(fields)s", fields=labels), "info")

    def _rest_on(self, theirs: merging.Snapshot) -> None:
        """What is typed here counts from now on as a change of what stands saved."""
        self.version.data = str(self._record_version)
        self.based_on.data = merging.seal(theirs)


def _unsealed(sealed: str | None) -> merging.Snapshot:
    try:
        return merging.unseal(sealed or "")
    except BadSignature:
        return {}


class showing_errors:  # noqa: N801 -- reads as a sentence: with showing_errors(form)
    """Show a RuleError from the block beside its field, with nothing saved and nothing typed lost."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, RuleError):
            return False
        session.rollback()
        put_error(self.form, error)
        return True


def put_error(form: Form, error: RuleError) -> None:
    """Add the message of `error` to its field, or to the whole form."""
    field = form._fields.get(error.field or "")
    if field is None:
        form.form_errors.append(error.message)
    elif hasattr(field, "messages"):
        field.messages.append(error.message)
        field.bad_parts = field.bad_parts or {"year"}
    else:
        field.errors = [*field.errors, error.message]


class Button(Form):
    """A form with nothing but its button."""


def required(message: Callable[[], str] | None = None) -> Any:
    """A validator: something has to be filled in."""

    def check(_form: Any, field: Field) -> None:
        if field.data in (None, "", []):
            raise ValidationError(message() if message else _("Fill this in"))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check
