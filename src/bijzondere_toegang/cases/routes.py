"""The pages of this room."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
