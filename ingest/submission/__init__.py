"""Submission of data: one engine behind the web page, the HTTP interface and the command line.

Files are received, read in a confined process, put right by their sender, and saved together: all
or none. May import ``ingest.archive``, ``ingest.validate`` and the pure modules.
"""

from ingest.submission.desk import Desk, NotAllowedError
from ingest.submission.save import Problem, RefusedError, Saved

__all__ = ["Desk", "NotAllowedError", "Problem", "RefusedError", "Saved"]
