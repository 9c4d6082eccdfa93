"""Finding things in the library: by their words, by the words inside their files, and by what they are about.

Everything here works on one file, whose place the caller knows. ``docs/decisions/0016-search-in-one-file.md`` says why.
"""
