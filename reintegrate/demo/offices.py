"""The offices of the demo organisation; every country of return is served by exactly one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfficeRecord:
    """An office: `code` is its key, `languages` are those its caseworkers write, the usual one first."""

    code: str
    name: str
    country: str
    timezone: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]


OFFICES: tuple[OfficeRecord, ...] = (
    OfficeRecord("ADD", "Addis Ababa", "ET", "Africa/Addis_Ababa", ("ET",), ("en",)),
    OfficeRecord("DKR", "Dakar", "SN", "Africa/Dakar", ("SN", "ML", "GN", "GM", "CI"), ("fr", "en")),
    OfficeRecord("DHK", "Dhaka", "BD", "Asia/Dhaka", ("BD", "IN", "NP", "LK"), ("en",)),
    OfficeRecord("TBS", "Tbilisi", "GE", "Asia/Tbilisi", ("GE", "AM", "AZ", "TR"), ("en",)),
    OfficeRecord("KYV", "Kyiv", "UA", "Europe/Kyiv", ("UA", "MD", "RS", "AL"), ("en",)),
    OfficeRecord("PAK", "Islamabad", "PK", "Asia/Karachi", ("PK", "AF", "UZ"), ("en",)),
    OfficeRecord("MNL", "Manila", "PH", "Asia/Manila", ("PH", "ID", "VN"), ("en",)),
    OfficeRecord("LGS", "Lagos", "NG", "Africa/Lagos", ("NG", "GH", "CM", "NE", "CD"), ("en", "fr")),
    OfficeRecord("BGD", "Baghdad", "IQ", "Asia/Baghdad", ("IQ", "SY", "LB"), ("en",)),
    OfficeRecord("TUN", "Tunis", "TN", "Africa/Tunis", ("TN", "MA", "DZ", "EG"), ("fr", "en")),
    OfficeRecord("BGT", "Bogotá", "CO", "America/Bogota", ("CO", "PE", "BR", "MX", "HT"), ("en", "fr")),
    OfficeRecord("NRB", "Nairobi", "KE", "Africa/Nairobi", ("KE", "SO", "SD", "ER"), ("en",)),
)

OFFICE_OF: Mapping[str, OfficeRecord] = {
    country: office for office in OFFICES for country in office.countries
}
