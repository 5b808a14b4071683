"""A geocoder beyond the region's own index, asked over HTTP if a bank has set one: one address after the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import httpx

from geodata.geocoding.answer import UNANSWERED, Answer
from geodata.geocoding.services import Bounds, NotUnderstood, Service

LOG = logging.getLogger("geodata")
#: what reading an answer of any shape may raise; a body that is no JSON is a ValueError
ODD = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
#: a list waits no longer than this for all its addresses together, nor for one of them
WHOLE_S, ONE_S = 60.0, 10.0
#: after so many requests in a row without an answer nobody is asked any more
GIVEN_UP = 3


class Online:
    """A service by its address. It learns the written address and the region's bounds, nothing of whose it is.

    Parameters
    ----------
    service, url, key
        The form of asking, where, and with which key ("" none).
    bounds
        West, south, east, north of the region, degrees; what lies outside is refused.
    version
        The region's: answers that are kept belong to it.
    per_second
        How many requests a second the service permits.
    """

    def __init__(
        self,
        service: Service,
        url: str,
        key: str,
        bounds: Bounds,
        version: str,
        *,
        per_second: int = 1,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service, self._url, self._key, self._bounds = service, url, key, bounds
        self._version = version
        self._pause_s = 1.0 / per_second
        self._transport = transport
        self._clock, self._sleep = clock, sleep

    @property
    def version(self) -> str:
        """Name what the answers depend on."""
        return f"{self._service.name} {self._url} {self._version}"

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        """Ask for each address, as long as there is time and the service answers."""
        answers: list[Answer] = [UNANSWERED] * len(addresses)
        until, without = self._clock() + WHOLE_S, 0
        headers = {"User-Agent": "Rounds (field-visit planning)", "Accept-Language": "zh,en"}
        with httpx.Client(timeout=ONE_S, headers=headers, transport=self._transport) as client:
            for n, address in enumerate(addresses):
                if n:
                    self._sleep(self._pause_s)
                if self._clock() > until or without >= GIVEN_UP:
                    LOG.warning("the online geocoder was not asked for all addresses")
                    break
                answers[n] = self._asked(client, address)
                without = without + 1 if answers[n] == UNANSWERED else 0
        return answers

    def _asked(self, client: httpx.Client, address: str) -> Answer:
        path, parameters = self._service.question(address, self._bounds, self._key)
        try:
            response = client.get(self._url + path, params=parameters)
            if response.status_code != 200:
                raise NotUnderstood(f"status {response.status_code}")
            return self._service.answer(response.json(), self._bounds)
        except (httpx.HTTPError, *ODD) as error:
            fault = "network" if isinstance(error, httpx.HTTPError) else "engine"
            LOG.warning("the online geocoder gives no answer", extra={"fault": fault})
            return UNANSWERED
