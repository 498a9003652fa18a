"""The checker: what is wrong with an OIFITS file, how bad it is, and how to repair it.

Pure, as ``ingest.oifits``: no database, no DaCHS, no network. The rules are data (``rules.toml``); a newcomer reads
that, then ``checker``, which calls the checks by subject: ``structure`` (tables and columns), ``header`` (keywords),
``references``, ``values``, ``correlation``, ``polarisation``, and of oivo's own rules ``checksum``, ``dates``,
``sites`` and ``quality``.
"""

from ingest.oifits.check.checker import check, check_path
from ingest.oifits.check.report import Report, Verdict, verdict
from ingest.oifits.check.rules import JMMC, OIVO, PROFILES, Rule, load_rules
from ingest.oifits.check.text import as_text, sum_up, summary

__all__ = [
    "JMMC",
    "OIVO",
    "PROFILES",
    "Report",
    "Rule",
    "Verdict",
    "as_text",
    "check",
    "check_path",
    "load_rules",
    "sum_up",
    "summary",
    "verdict",
]
