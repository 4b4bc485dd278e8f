"""The link editor: finds links in files, asks where they lead, and follows in the files what moved for good.

``find`` is by format, ``verdict`` judges what was answered, ``edit`` changes files, ``remember`` keeps results, ``run`` is
the whole of it.
"""
