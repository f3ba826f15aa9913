"""Headings of the letter's sections, and what belongs into each; the sections themselves are in `opinion`."""

from __future__ import annotations

TITLES = {
    "key-message": "Key message",
    "why-asked": "Why asked",
    "history": "History in brief",
    "diagnosis": "Diagnosis",
    "imaging": "Own reading of imaging and pathology",
    "prognosis": "Prognosis",
    "recommendation": "Recommendation",
    "limitations": "Limitations",
    "references": "References",
    "patient-page": "Page for the patient",
}

HINTS = {
    "key-message": "At most five lines: what the consultant must know after reading nothing else.",
    "why-asked": "Why a second opinion was sought.",
    "history": "The course so far, as far as it bears on the questions.",
    "diagnosis": "Confirmed, refined or changed; how certain; the reasoning, with citations.",
    "imaging": "Images and slides you looked at yourself and what you saw.",
    "prognosis": "What to expect with and without treatment.",
    "recommendation": "What you advise and why.",
    "limitations": "What you could not see, examine or know.",
    "references": "Guidelines and papers relied on.",
    "patient-page": "Plain words for the patient and the family.",
}
