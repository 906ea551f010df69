"""Lists as offices keep them, made as files in a few words."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

HEADINGS = [
    "N°",
    "Nom",
    "Prénom",
    "Sexe",
    "Date de naissance",
    "Nationalité",
    "N° passeport",
    "Pays d'accueil",
    "Date d'arrivée",
    "Téléphone",
    "Type de retour",
    "Vulnérabilité",
    "Observations",
    "Chef de groupe",
]

AWA = ["1", "Diop", "Awa", "F", "13/03/1990", "Sénégal", "A0112345", "Allemagne", "14/03/2025", "771234567"]
AWA += ["RVA", "mère isolée", "appeler le soir", "Modou"]
OMAR = ["2", "Sarr", "Omar", "M", "1987", "Sénégalaise", "", "Libye", "14/03/2025", "", "RVHA", "", "", ""]
FATOU = ["3", "Ndiaye", "Fatou", "F", "31/02/1990", "Sénégal", "", "Libye", "14/03/2025", "", "", "", "", ""]
AWA_AGAIN = ["4", "DIOP", "awa", "F", "13/03/1990", "SN", "A 0112345", "Allemagne", "14/03/2025", *[""] * 5]


def as_csv(rows: Sequence[Sequence[Any]], *, title: str = "", encoding: str = "utf-8") -> bytes:
    """A list in text form with semicolons, as spreadsheets save it where decimals have commas."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    if title:
        writer.writerow([title])
    writer.writerows([HEADINGS, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook with one sheet of text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Liste")
        for number, row in enumerate([headings, *rows]):
            sheet.write_row(number, 0, row)
    return file.getvalue()
