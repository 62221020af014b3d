"""The moments people type into forms: Vietnamese time, as a browser's datetime-local field writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import HTTPException

import vietnamese


def local_moment(text: str) -> datetime:
    """ "2026-11-26T08:30" in Viet Nam, as UTC. HTTPException 422 for anything else."""
    try:
        naive = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 (the zone is the next line)
        return naive.replace(tzinfo=vietnamese.HO_CHI_MINH).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise HTTPException(422, "Thời điểm chưa đúng; hãy chọn ngày và giờ.") from error
