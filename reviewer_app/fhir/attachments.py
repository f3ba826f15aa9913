"""Files that belong to resources: where they are, and those that came inside."""

from __future__ import annotations

import base64
import binascii

from reviewer_app.domain.patient import clean
from reviewer_app.domain.record import Attachment
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Element, Malformed, child, children, count, text

_PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "DocumentReference": (("content", "attachment"),),
    "DocumentManifest": (),
    "DiagnosticReport": (("presentedForm",),),
    "Media": (("content",),),
    "Communication": (("payload", "contentAttachment"),),
    "CommunicationRequest": (("payload", "contentAttachment"),),
    "Consent": (("sourceAttachment",),),
    "Patient": (("photo",),),
    "Observation": (),
    "QuestionnaireResponse": (),
    "Contract": (("legal", "contentAttachment"), ("friendly", "contentAttachment")),
}


def attachments(resource: Resource) -> tuple[Attachment, ...]:
    """Every attachment with content, in the order of the resource."""
    whole = text(resource.content, "language") if resource.type == "DocumentReference" else ""
    return tuple(_described(element, whole) for element in _elements(resource))


def inline(resource: Resource, index: int) -> bytes | None:
    """The bytes of an attachment that came inside the resource, or None if it has to be fetched.

    Raises:
        Malformed: The base64 text is damaged.
    """
    element = _elements(resource)[index]
    data, url = text(element, "data"), text(element, "url")
    if not data and url.startswith("#"):
        for contained in children(resource.content, "contained"):
            if text(contained, "id") == url[1:]:
                data = text(contained, "data")
    if not data:
        return None
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("the attached file is damaged") from error


def _elements(resource: Resource) -> list[Element]:
    found: list[Element] = []
    for path in _PATHS.get(resource.type, ()):
        level: list[Element] = [resource.content]
        for name in path:
            level = [inner for outer in level for inner in _either(outer, name)]
        found.extend(level)
    return [element for element in found if element.get("data") or element.get("url")]


def _either(element: Element, name: str) -> list[Element]:
    if isinstance(element.get(name), list):
        return children(element, name)
    return [child(element, name)] if element.get(name) is not None else []


def _described(element: Element, whole: str) -> Attachment:
    data, url = text(element, "data"), text(element, "url")
    return Attachment(
        content_type=text(element, "contentType").lower() or "application/octet-stream",
        title=clean(text(element, "title")),
        url="" if data else url,
        language=clean(text(element, "language") or whole),
        size=count(element, "size") or (len(data) * 3 // 4),
    )
