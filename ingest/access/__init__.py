"""Who may read what, and when.

``policy`` decides and is pure; enforcers (file delivery, later ``.htaccess``) ask it.
"""
