"""One file per job: load once → compute → save once. The only callers of `db` functions and of `reports`.

A job takes a store or a population and a request, and gives a result; it prints nothing and knows no command.
"""
