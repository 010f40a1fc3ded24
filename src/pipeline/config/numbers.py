"""Numbers with bounds that blocks of several chains share; pydantic has those with one bound."""

from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(gt=0, lt=1)]
