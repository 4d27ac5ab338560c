"""Types and categories of entities by the class tree of Wikidata, offline.

`dump` and `listing` read what it says of items, `roots` the two tables of kinds, and `walk` finds the kind
whose root is nearest. Nothing here knows the store.
"""
