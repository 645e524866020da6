"""What a shared cache gives back is believed only when it was we who put it there.

Django keeps values in Redis as pickles, and reading a pickle can run code: without this, whoever
may write into the cache could run theirs in every web process.
"""

import hashlib
import hmac
import logging
import pickle
from typing import Any

from django.conf import settings
from django.core.cache.backends.redis import RedisSerializer

log = logging.getLogger(__name__)
# In place of a value that is not ours: as if nothing were there, which None would not say.
NOT_OURS = object()
SIGN = hashlib.sha256
LENGTH = SIGN().digest_size


class SignedSerializer(RedisSerializer):
    """Signs by SECRET_KEY. A value that is not ours, or that this version of the program cannot
    read, is NOT_OURS.

    Integers stand as they are, since Redis counts in them.
    """

    def dumps(self, obj: Any) -> Any:
        packed = super().dumps(obj)
        return packed if isinstance(packed, int) else _signature(packed) + packed

    def loads(self, data: Any) -> Any:
        try:
            return int(data)
        except ValueError:
            pass
        signature, packed = bytes(data[:LENGTH]), bytes(data[LENGTH:])
        if not hmac.compare_digest(signature, _signature(packed)):
            return NOT_OURS
        try:
            return pickle.loads(packed)
        except Exception as error:  # whatever a class that has changed since makes of it
            log.info("What another version has kept is computed again: %s", error)
            return NOT_OURS


def _signature(packed: bytes) -> bytes:
    return hmac.new(b"investtrack.cache " + settings.SECRET_KEY.encode(), packed, SIGN).digest()
