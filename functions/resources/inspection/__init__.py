"""Looking into a shared file: is it what it says, does it do anything by itself, does it speak of a patient.

``inspect.inspect`` is the way in. It starts ``child``, where ``look`` first asks ``structure``, and reads words only
from what that let through. ``identifiers`` is a rule of its own, for typed words as well as for those in files.
"""
