"""People: accounts, organisations, sessions, and the one place that says who may do what to a case.

`permissions` holds the vocabulary, `facts` what a policy may know, `conditions` when a grant holds, `grants`
the table itself, and `policies` the answer. These five are pure: no database, no clock, no request.
"""
