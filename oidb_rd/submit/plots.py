"""View: quick looks of granules that are not in the archive yet, for those only who may see the submission.

May import ``ingest`` and this package.
"""

from ingest.archive.delivery import StoredFile
from ingest.archive.previews import BusyError, Drawable, PreviewError, ensure_preview
from ingest.archive.submissions import Item
from ingest.logs import log
from oidb_rd.submit.visit import Answer, Picture, SubmitVisit
from resdir.people.visit import NotFoundError

_FORMS = {"thumbnail": "thumbnail", "sheet": "png"}


def picture(visit: SubmitVisit) -> Answer:
    """Return the sheet of a granule, drawn now if it is not there yet.

    It is cached under the file's bytes, so that it is there already when the submission is saved.
    """
    submission_id, item_id, number, form = visit.rest
    item = visit.desk.see(submission_id).item(int(item_id))
    try:
        return Picture(ensure_preview(visit.home, _drawable(item, int(number)), _FORMS[form]))
    except BusyError:
        return Picture(None)
    except PreviewError as error:
        log.warning("%s", error)
        raise NotFoundError from error


def _drawable(item: Item, number: int) -> Drawable:
    granules = (item.report or {}).get("granules", [])
    if item.sha256 is None or number >= len(granules):
        raise NotFoundError
    facts = granules[number]
    file = StoredFile(0, item.name, "", item.sha256, item.size_bytes or 0, "", ())
    return Drawable(0, facts["target_row"], facts["insname"], facts["night"], file)
