"""The library for hosts: which studies there are, and what their series look like."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import web

from readingroom.errors import NoSuchStudy, NotFound
from readingroom.imaging import catalog
from readingroom.imaging.index import Study
from readingroom.imaging.library import Library
from readingroom.imaging.renderer import Renderer
from readingroom.protocol import ImportLimits, StudiesQuery, StudyInfo, StudyList, StudySeries
from readingroom.transport import bodies
from readingroom.transport.numbers import natural
from readingroom.transport.reception import Reception
from readingroom.transport.shelf import Shelf, identity_of, main_stack
from readingroom.values import SeriesRef, StudyId

PATIENCE_S: Final = 10.0
"""What nobody has looked at yet is decoded first."""


class Studies:
    """`GET /api/studies` and `.../{study}/series/{number}/thumbnail`, for hosts."""

    def __init__(
        self,
        *,
        reception: Reception,
        library: Library,
        shelf: Shelf,
        renderer: Renderer,
        limits: ImportLimits,
    ) -> None:
        self._reception = reception
        self._library = library
        self._shelf = shelf
        self._renderer = renderer
        self._limits = limits

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/studies", self._list),
            web.get("/api/studies/{study}/series/{number}/thumbnail", self._thumbnail),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        await self._reception.host(request)
        asked = StudiesQuery.model_validate(dict(request.query))
        return bodies.answer(await asyncio.to_thread(self._found, asked))

    def _found(self, asked: StudiesQuery) -> StudyList:
        """In a thread: it reads what nobody has asked for yet."""
        found = catalog.look_up(self._library.studies(), asked.search, asked.offset, asked.limit)
        return StudyList(
            studies=[self._told(study) for study in found.studies],
            total=found.total,
            library=found.library,
            limits=self._limits,
        )

    def _told(self, study: Study) -> StudyInfo:
        return StudyInfo(
            study=study.id,
            patient=self._shelf.patient_of(study),
            identity=identity_of(study),
            description=study.description,
            modalities=catalog.modalities(study),
            series=[
                StudySeries(
                    number=number,
                    series_number=series.number,
                    modality=series.modality,
                    description=series.description,
                    pictures=catalog.pictures(study, number),
                    viewable=bool(series.stacks),
                )
                for number, series in enumerate(study.series)
            ],
            refused=len(study.refused),
        )

    async def _thumbnail(self, request: web.Request) -> web.Response:
        await self._reception.host(request)
        number = natural(request.match_info["number"])
        study = await asyncio.to_thread(self._study, request.match_info["study"])
        if number >= len(study.series) or not study.series[number].stacks:
            raise NotFound(path="this address")
        ref, stack = SeriesRef(study.id, number), main_stack(study.series[number])
        with suppress(TimeoutError):  # what is not ready by then is told so, and asked for again
            async with asyncio.timeout(PATIENCE_S):
                await self._shelf.wait_for_middle(ref, stack)
        picture = await self._renderer.thumbnail(ref, stack)
        return web.Response(body=picture, content_type="image/jpeg")

    def _study(self, study: str) -> Study:
        if not self._library.has(study):
            raise NoSuchStudy()
        return self._library.study(StudyId(study))
