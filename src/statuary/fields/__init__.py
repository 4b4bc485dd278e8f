"""The grammar of field values: text to values and back, with no opinion on what a value means.

A parser takes the combined field value without surrounding whitespace, or None where the field is absent. It returns
None for absent, INVALID for text outside the grammar, or the value; it never raises. Formatting raises ValueError
when given something that the grammar can't express.
"""
