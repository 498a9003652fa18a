"""Who may submit data, and into which collections. Pure.

May import ``ingest.access.policy``.
"""

from ingest.access.policy import Visitor


def may_submit(visitor: Visitor) -> bool:
    """Tell whether a person may make collections and submit files at all."""
    return visitor.role in ("submitter", "curator")


def may_submit_entries(visitor: Visitor) -> bool:
    """Tell whether a person may submit measurements and reports, which wait for review: everybody with an account."""
    return visitor.account_id is not None or visitor.role == "curator"


def may_write(visitor: Visitor, owner: str, data_pis: tuple[str, ...]) -> bool:
    """Tell whether a person may add to a collection and change it: its owner, a data PI of it, a curator.

    Parameters
    ----------
    owner
        Account of the owner, or empty.
    data_pis
        Names of data PI and co-PIs in the form of aliases: lower case, single blanks.
    """
    if visitor.role == "curator":
        return True
    if not may_submit(visitor):
        return False
    return bool(owner and visitor.login == owner) or bool(visitor.aliases & set(data_pis))
