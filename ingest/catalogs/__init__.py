"""JMDC and BadCal without a database: what an entry is, when it is right, how editions are read and written.

Pure: values in, values out; knows ``ingest.targets`` only for names, and no other folder of oivo.
"""
