"""From the operator's file to records that the world may harvest: checked first, put back when they are not valid.

May import ``ingest.instance`` and ``ingest.registry``.
"""

from ingest.home import Home
from ingest.instance.dachs import Dachs
from ingest.instance.records import examine_records
from ingest.instance.registry import Registry
from ingest.registry.rules import Trouble, examine


def check(home: Home) -> list[Trouble]:
    """Return everything that keeps the site from being published: in the file, the settings and the records served.

    Raises
    ------
    HarvestError
        When the site does not answer.
    """
    return [*examine(Registry(home).document(), home.settings), *examine_records(home)]


def publish(home: Home) -> list[Trouble]:
    """Publish what the operator's file says now; return the troubles that forbid it, and nothing is published then.

    Raises
    ------
    HarvestError
        When the site does not answer.
    """
    registry, dachs = Registry(home), Dachs(home)
    troubles = examine(registry.document(), home.settings)
    if troubles:
        return troubles
    served, since = registry.written(), registry.published
    if since is None:
        registry.publish()
    renew(registry, dachs)
    troubles = examine_records(home)
    if troubles:
        if since is None:
            registry.withdraw()
        registry.restore(served)
        dachs.register()
    return troubles


def withdraw(home: Home) -> None:
    """Let registries forget the site: its records become inactive at their next harvest."""
    registry = Registry(home)
    registry.withdraw()
    renew(registry, Dachs(home))


def renew(registry: Registry, dachs: Dachs) -> None:
    """Make records of the file, the settings and the data as they are now."""
    registry.write(registry.ask_data())
    dachs.register()
