"""Texts in the reader's language: loaded once for the process, marked once for templates.

A page of a list asks for hundreds of texts, most of them for every row.
"""

from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context
from flask_babel import Domain, get_babel, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

Catalogue = Translations | NullTranslations

OF_REQUEST = "_flask_babel"
"""Where the library keeps the locale of a request; asking it for the locale takes ten times as long."""


class KeptDomain(Domain):
    """The catalogues of all languages; the library's own reads the file again for every request."""

    def __init__(self, directories: list[str], name: str) -> None:
        super().__init__(directories, name)
        self.kept: dict[tuple[str, str | None], tuple[Catalogue, dict[str, Markup]]] = {}

    def get_translations(self) -> Catalogue:
        return self._of_reader()[0]

    def markup(self, text: str) -> Markup:
        """The translation of a text without variables, which is our own and therefore safe."""
        catalogue, marked = self._of_reader()
        found = marked.get(text)
        if found is None:
            found = marked[text] = Markup(catalogue.ugettext(text)) % {}  # noqa: S704 # nosec B704
        return found

    def _of_reader(self) -> tuple[Catalogue, dict[str, Markup]]:
        """The catalogue of the reader's language, and the texts of it that were marked before."""
        found = g.get(OF_REQUEST) if has_app_context() else None
        locale = getattr(found, "babel_locale", None) or get_locale()
        if locale is None:
            return super().get_translations(), {}
        key = (locale.language, locale.territory)
        if key not in self.kept:
            self.kept[key] = (super().get_translations(), {})
        return self.kept[key]


def _filled(text: str, variables: dict[str, Any], *, safe: bool) -> str:
    """Our text with the values of its variables, which are escaped where the whole is to be markup."""
    if not safe:
        return text % variables
    escaped = {name: v if isinstance(v, int | float) else escape(v) for name, v in variables.items()}
    return Markup(text % escaped)  # noqa: S704 # nosec B704


def init_app(app: Flask) -> None:
    """Serve `_` and `ngettext` of Python and templates from one set of catalogues; after Babel."""
    with app.app_context():
        babel = get_babel()
        domain = KeptDomain(babel.translation_directories, babel.default_domain)

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **variables: Any) -> str:
        if context.autoescape and not variables:
            return domain.markup(text)
        return _filled(domain.get_translations().ugettext(text), variables, safe=context.autoescape)

    @pass_eval_context
    def ngettext(context: EvalContext, one: str, many: str, num: int, /, **variables: Any) -> str:
        text = domain.get_translations().ungettext(one, many, num)
        return _filled(text, {"num": num, **variables}, safe=context.autoescape)

    app.jinja_env.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})
    app.before_request(domain.as_default)
