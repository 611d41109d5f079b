"""What every published shape has in common."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Input(BaseModel):
    """A request's body: camelCase, exact types, no member that is not named here."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Query(BaseModel):
    """A request's query string: text that is turned into the types named here."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, use_attribute_docstrings=True
    )
    elsewhere: ClassVar[frozenset[str]] = frozenset()
    """Parameters of sibling routes that this one has no use for: not unknown, but not on offer."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The parameters, as they are written."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class Output(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )


class LocalizedText(Output):
    """A name in every language of the platform."""

    en: str
    fr: str


class Fault(Output):
    """One field that was refused."""

    field: str
    """Path in the request, such as `measurements.waist_girth`."""
    code: str
    """Rule that it broke."""
    message: str
    """The same for people."""
    limit: str | None
    """The bound that it broke, where there is one."""


class Problem(Output):
    """What every refusal looks like."""

    success: Literal[False] = False
    error: str
    """For people, in the request's language."""
    code: str
    """For machines."""
    details: list[Fault] | dict[str, int] | dict[str, str]
    """The fields that were refused; for `insufficient_credits`, the credits `needed` and `available`; for
    `insufficient_scope`, the `scope`; for `consent_required` and `policy_not_in_force`, the `purpose` and `version`."""
    request_id: str
    retryable: bool
    """Whether the same request may work later."""


class Page(Query):
    """Which part of a list is wanted."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """At most this many."""
    cursor: Annotated[str, Field(max_length=256)] = ""
    """`nextCursor` of the page before."""
