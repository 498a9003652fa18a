"""OiDB's pages to read: collections, granules, instruments, arrays, data PIs, statistics, comments, the feed."""
