"""BadCal in DaCHS: its RD, the page of a report, and the addresses that SearchCal reads."""
