"""What the values of every domain are: frozen, and safe to fail on."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A stored value, blind to the attributes that only the table needs."""

    # Its errors may reach a log, and what it was read from may not (security requirement 61). What checks it is built
    # when a first one is made: a function that starts knows many kinds of value, and needs few of them.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)
