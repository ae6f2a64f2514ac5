"""Tables: organisations. Who belongs to one is a grant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workspace.foundation.db import Base, PublicRow


class Organisation(PublicRow, Base):
    """A university, company, facility host or accelerator."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    """`university`, `company`, `facility-host` or `accelerator`."""
    country: Mapped[str] = mapped_column(String(2), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    website: Mapped[str] = mapped_column(String(500), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    open_registration: Mapped[bool] = mapped_column(default=False)
    email_domains: Mapped[list[Any]] = mapped_column(default=list)
    """With open registration: addresses at these domains may join by themselves."""
