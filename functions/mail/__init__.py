"""How any message leaves and what comes back.

Another domain writes a ``Mail`` in the same transaction as the change that causes it (``store.planned``). The table's
stream hands its key to the queue, and the sender takes it from there. Nothing else sends mail.
"""

PATHS = ("/unsubscribe/{token}", "/account/emails")
