"""How reports of the checker look: for a terminal, a browser, a pull request, and the programs that gather results.

One module for each format, with one function from reports to text. What octets and texts from elsewhere may hold is
made visible in octets.py and wording.py, and nowhere is it printed as it came.
"""
