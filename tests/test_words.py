from flask import Flask, g, render_template_string
from flask_babel import force_locale, get_domain, gettext


def test_values_within_a_text_are_escaped_and_the_text_is_not(app: Flask) -> None:
    shown = render_template_string(
        "{{ _('<i>%(name)s</i> of %(n)d', name='<b>', n=3) }} "
        "{{ ngettext('%(num)d %(x)s', '%(num)d %(x)s', 2, x='&') }}"
    )

    assert shown == "<i>&lt;b&gt;</i> of 3 2 &amp;"


def test_a_text_without_values_is_the_same_with_and_without_keeping(app: Flask) -> None:
    for _time in range(2):
        assert render_template_string("{{ _('100 %% sure') }}") == "100 % sure"


def test_plain_text_is_not_escaped(app: Flask) -> None:
    text = "{% autoescape false %}{{ _('%(name)s', name='O&A') }}{% endautoescape %}"

    assert render_template_string(text) == "O&A"


def test_the_catalogues_are_shared_by_requests_and_follow_the_language(site: Flask) -> None:
    seen = []
    for _request in range(2):
        with site.test_request_context():
            site.preprocess_request()
            with force_locale("ar"):
                seen.append(get_domain().get_translations())
                assert gettext("x") == "x"
            assert get_domain().get_translations() is not seen[0]
            assert g
    assert seen[0] is seen[1]


def test_a_value_may_have_any_name(app: Flask) -> None:
    assert render_template_string("{{ _('Reason: %(text)s', text='x') }}") == "Reason: x"
    counted = "{{ ngettext('%(one)s', '%(one)s and %(many)s', 2, one='a', many='b') }}"
    assert render_template_string(counted) == "a and b"
