"""The form that came with a request, where ``resdir.uploads`` has put the body into a file.

May import ``ingest`` and ``resdir``.
"""

from urllib.parse import parse_qsl

from twisted.web.http import Request

from ingest.validate.upload import Upload, read_form
from resdir import uploads
from resdir.people.visit import RefusedError

#: Forms without files: values of 500 granules, thousands of addresses.
_LONGEST_FORM = 2_000_000
_MOST_FIELDS = 10_000


def read_sent(request: Request) -> Upload | None:
    """Return the fields and files of a form; None where nothing is taken in this way.

    Raises
    ------
    OivoError
        When it is too large, or no form.
    """
    upload = getattr(request, "oivo_upload", None)
    if upload is None:
        return None
    if upload.too_large or upload.busy:
        status, told = uploads.refusal(upload)
        raise RefusedError(told, int(status[:3]))
    request.content.seek(0)
    if upload.content_type.startswith("multipart/form-data"):
        return read_form(request.content.read(), upload.content_type)
    if upload.length > _LONGEST_FORM:
        raise RefusedError("This form is too long.", 413)
    text = request.content.read().decode("utf-8", "replace")
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS):
        value = value.replace("\0", "\ufffd")  # PostgreSQL takes no NUL
        lists[name] = (*lists.get(name, ()), value)
    return Upload({name: values[0] for name, values in lists.items()}, (), lists)
