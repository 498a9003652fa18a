"""What oivo changes in DaCHS, all of it, with the reason; called by ``ingest.instance.dachs_cli``.

Written against DaCHS 2.7 (Debian 12) and 2.11 (Debian 13). Knows DaCHS; may import ``ingest``.
"""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from gavo import base, utils
from gavo.protocols import dali, datalink
from gavo.svcs import UnknownURI
from gavo.votable import V

from ingest.home import Home
from ingest.logs import start_log
from resdir import adql_repairs, oai, records, tap_errors, tap_uploads
from resdir.dachs import codecs, hooks, markup, names, types

_LINE = "%(asctime)s [%(levelname)s %(process)s] [%(request)s] %(message)s"


def customise_any() -> None:
    """Change what every process of DaCHS needs, also those that compute asynchronous jobs."""
    adql_repairs.repair()
    oai.repair()
    records.repair()
    tap_uploads.guard()
    tap_errors.explain()
    names.guard()
    types.guard()
    codecs.guard()
    markup.guard()
    hooks.close()
    dali.getDALIError = _without_paths(dali.getDALIError)
    datalink.makeDatalinkServiceDescriptor = _with_downloads(datalink.makeDatalinkServiceDescriptor)


def _with_downloads(original: Callable[..., Any]) -> Callable[..., Any]:
    """Describe, beside the links of OiDB's rows, the service that gives a download script for chosen rows.

    DaCHS describes DataLink services only, and no other kind that takes identifiers of a table.
    """

    @wraps(original)
    def described(context: Any, service: Any, table: Any, column: str) -> Any:
        links = original(context, service, table, column)
        if service.rd.sourceId != "oidb/q":
            return links
        identifier = context.getOrMakeIdFor(table.getColumnByName(column), suggestion=column)
        script = V.RESOURCE(type="meta", utype="adhoc:service", name="download")[
            V.DESCRIPTION["A shell script that fetches the files of these rows and compares their checksums"],
            V.PARAM(
                name="accessURL",
                datatype="char",
                arraysize="*",
                value=base.makeAbsoluteURL("/download"),
                ucd="meta.ref.url",
            ),
            V.PARAM(name="contentType", datatype="char", arraysize="*", value="text/x-shellscript"),
            V.GROUP(name="inputParams")[
                V.PARAM(name="ID", datatype="char", arraysize="*", value="", ref=identifier, ucd="meta.id;meta.main")
            ],
        ]
        return [links, script]

    return described


def customise_server() -> None:
    """Change the running server, when DaCHS has opened its logs and before it listens."""
    from gavo.web import common, ifpages, root
    from twisted.internet import reactor
    from twisted.web.http import Request

    from badcal_rd import submitting as badcal
    from jmdc_rd import submitting as jmdc
    from obsportal_rd import door
    from oidb_rd.download import Download
    from oidb_rd.pages import install as oidb_pages
    from oidb_rd.submit.products import Products
    from oidb_rd.submit.resource import SubmitPages
    from resdir import beside, skin, tablepage, uploads
    from resdir.api.resource import Api
    from resdir.catalogue import install as catalogue
    from resdir.dachs import forms
    from resdir.people import install as people

    watch = records.Watch()

    class IdentifiedRequest(  # type: ignore[misc]
        people.PersonalRequest, uploads.FileUploads, forms.BoundedForms, root.site.requestFactory
    ):
        """A request with an id, which its reply (X-Request-Id) and every line about it in the logs carry.

        DaCHS' logs do not tell which lines belong together, nor does a user's report tell which they are.
        """

        def process(self) -> None:
            self.oivo_id = secrets.token_hex(4)
            self.setHeader("X-Request-Id", self.oivo_id)
            watch.look()
            super().process()

    class GuardedStatic(ifpages.StaticServer):  # type: ignore[misc]
        """DaCHS refuses paths that lead out of the folder, but names the file that it does not give."""

        def getChild(self, name: bytes, request: Any) -> Any:
            if ".." in [segment.decode("utf-8", "replace") for segment in (name, *request.postpath)]:
                raise UnknownURI("There is no such file")
            return super().getChild(name, request)

    def log_line(timestamp: str, request: Request) -> str:
        return f"{people.redacted(root.formatDefaultLog(timestamp, request))} [{getattr(request, 'oivo_id', '-')}]"

    home = Home.from_environment()
    kinds = {kind.name: kind for kind in (jmdc.KIND, badcal.KIND)}
    start_log(home, "server")
    forms.guard()
    markup.guard_pages()
    skin.apply()
    tap_errors.explain_sizes()
    tablepage.install()
    root.ArchiveService.addStatic("static", GuardedStatic())
    people.install(root.ArchiveService, *catalogue.account_views(kinds))
    root.ArchiveService.addStatic("api", Api())
    root.ArchiveService.addStatic("submit", SubmitPages())
    root.ArchiveService.addStatic("products", Products())
    root.ArchiveService.addStatic("download", Download())
    oidb_pages.install(root.ArchiveService)
    door.install(root.ArchiveService.addStatic, common.compwrap)
    beside.install(
        root.ArchiveService, {name: {"submit": catalogue.submit_pages(kind)} for name, kind in kinds.items()}
    )
    root.site.requestFactory = IdentifiedRequest
    if home.settings.number("server.workers") == 1:
        # several workers are behind HAProxy, which listens on this port, too
        for port in home.settings.ports[1:]:
            reactor.listenTCP(port, root.site, interface=home.settings.text("server.bind"))
    # The formatter was chosen when the module was imported; DaCHS has only two, and no setting for others.
    root.site._logFormatter = log_line
    for name in ("dcErrors", "dcInfos"):
        for handler in logging.getLogger(name).handlers:
            handler.addFilter(_RequestFilter())
            handler.setFormatter(logging.Formatter(_LINE))


class _RequestFilter(logging.Filter):
    """Adds the id of the request that is being handled, found as DaCHS finds its URI."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            request = utils.stealVar("request")
        except ValueError:
            request = None
        record.request = getattr(request, "oivo_id", "-")
        return True


def _without_paths(make_error: Callable[..., Any]) -> Callable[..., Any]:
    """Let errors of the protocols keep the server's paths to themselves; its logs have them."""
    home = str(Home.from_environment().root)

    @wraps(make_error)
    def make_clean_error(error: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(error, Exception):
            error = {"msg": str(error), "type": type(error).__name__, "hint": getattr(error, "hint", None)}
        if isinstance(error, str):
            error = error.replace(home, "…")
        else:
            error = {key: value.replace(home, "…") if isinstance(value, str) else value for key, value in error.items()}
        return make_error(error, *arguments, **options)

    return make_clean_error
