"""What libraries say to people, in our words.

WTForms' and Flask-Security's own translations lack messages, or are not found by the codes of our
languages: `wtforms.po` and `flask_security.po` beside `messages.po` hold what people can get to see.
"""

from flask_babel import Domain

from reintegrate.translations.build import FOLDER

SECURITY_DOMAINS = "messages;flask_security"

SECURITY_FOLDERS = [str(FOLDER)] * 2
"""Where Flask-Security looks, a folder for each domain: for words of ours, then for its own."""

_WTFORMS = Domain([str(FOLDER)], "wtforms")


class FormTexts:
    """The messages of WTForms in the language of the request, as a form's `Meta` hands them out."""

    def gettext(self, text: str) -> str:
        """The message in the reader's language, its placeholders not yet filled."""
        return str(_WTFORMS.get_translations().ugettext(text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form of the message that goes with the count."""
        return str(_WTFORMS.get_translations().ungettext(singular, plural, count))


FORM_TEXTS = FormTexts()
