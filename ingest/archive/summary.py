"""What the archive holds, in a few lines, for people who run it.

May import ``ingest.archive.connection``.
"""

from ingest.archive.connection import Archive


def summary(archive: Archive) -> list[str]:
    """Return counts of what is stored and how the last run of each job ended."""
    with archive.transaction() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM archive.collection) AS collections,
                      (SELECT count(*) FROM archive.file) AS files,
                      (SELECT coalesce(sum(size_bytes), 0)::float8 FROM archive.file) AS size,
                      (SELECT count(*) FROM archive.granule) AS granules"""
        )
        held = cursor.fetchone()
        cursor.execute("SELECT DISTINCT ON (job) job, started, outcome FROM archive.job_run ORDER BY job, started DESC")
        jobs = cursor.fetchall()
    assert held is not None
    lines = [
        f"archive   {held.collections} collections, {held.files} files ({held.size / 1e6:.1f} MB), "
        f"{held.granules} granules"
    ]
    lines += [f"job       {job.job}: {job.outcome or 'running'}, {job.started:%Y-%m-%d %H:%M} UTC" for job in jobs]
    return lines
