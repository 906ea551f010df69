"""Every name that the templates say, as a file that vulture reads: what a template uses is used."""

import keyword
import re
import sys
from pathlib import Path

CODE = re.compile(r"{[{%](.*?)[%}]}", re.DOTALL)
TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
NAME = re.compile(r"[A-Za-z_]\w*")

names: set[str] = set()
for path in Path("templates").rglob("*.html"):
    for code in CODE.findall(path.read_text(encoding="utf-8")):
        names.update(NAME.findall(TEXT.sub(" ", code)))
sys.stdout.writelines(f"_.{name}\n" for name in sorted(names) if not keyword.iskeyword(name))
