"""Reading posted forms: each value once, as text, against a strict model; what is wrong comes back beside its field."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from backend.core import posted
from backend.core.errors import UnsupportedMediaType

M = TypeVar("M", bound=BaseModel)
#: The session's token is checked before any form is read; it is no field of a form's own.
_ASIDE = frozenset({"csrf"})


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A posted form: what was typed, the values when all are right, else an error in words for each field."""

    typed: dict[str, str]
    values: M | None
    errors: dict[str, str] = field(default_factory=dict)


async def read(request: web.Request, model: type[M]) -> Form[M]:
    """The posted form as `model`; raises UnsupportedMediaType for anything but a form, BadRequest for one that cannot be read."""
    if request.content_type not in posted.FORM_KINDS:
        raise UnsupportedMediaType("Send a form.")
    fields = await posted.fields(request)
    typed = {name: value for name, value in fields.items() if isinstance(value, str) and name not in _ASIDE}
    try:
        return Form(typed, model.model_validate({name: value for name, value in typed.items() if value.strip()}))
    except ValidationError as error:
        return Form(typed, None, {str(item["loc"][0]) if item["loc"] else "": _words(item) for item in error.errors(include_url=False)})


def _words(error: object) -> str:
    kind = error["type"] if isinstance(error, dict) else ""
    context = (error.get("ctx") or {}) if isinstance(error, dict) else {}
    match kind:
        case "missing":
            return "Please fill this in."
        case "string_too_long":
            return f"Use at most {context.get('max_length')} characters."
        case "extra_forbidden":
            return "This form has changed. Open the page again."
        case _:
            return "This does not look right."
