"""The web page of submission, at /submit, and attached products, at /products.

``resource`` and ``products`` know twisted; the other modules are views: functions of a `SubmitVisit`, called in a
thread, which do everything through `ingest.submission.Desk`. Everything works without JavaScript.
"""
