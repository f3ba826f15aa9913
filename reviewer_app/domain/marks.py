"""What the reader leaves on the images of a case: measurements, key images and calibrations, kept in the draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app.domain.ids import InstanceUid, MeasurementId, SeriesUid
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.measurement import Measurement
from reviewer_app.domain.places import ImagePlace
from reviewer_app.domain.scale import Calibration


@dataclass(frozen=True, slots=True)
class KeyImage:
    """A frame that matters, as it was shown when it was chosen: window, zoom, rotation.

    Attributes:
        where: Short words for the frame: `CT 2026-08-20, image 45`.
    """

    place: ImagePlace
    made: datetime
    where: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks of a case, each in the order in which it was made."""

    measurements: tuple[Measurement, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    calibrations: tuple[Calibration, ...] = ()

    def find(self, identifier: MeasurementId) -> Measurement | None:
        """The measurement of this id, or None."""
        return next((known for known in self.measurements if known.id == identifier), None)

    def on(self, instance: InstanceUid, frame: int) -> tuple[Measurement, ...]:
        """Measurements on a frame, counted from 1."""
        return tuple(
            known
            for known in self.measurements
            if (known.place.instance, known.place.frame) == (instance, frame) and known.span is None
        )

    def across(self, series: SeriesUid, reference: str) -> tuple[Measurement, ...]:
        """Lengths through several slices of a series."""
        return tuple(
            known
            for known in self.measurements
            if known.span is not None and (known.place.series, known.span.reference) == (series, reference)
        )

    def with_measurement(self, made: Measurement) -> Marks:
        """With a new measurement, or another state of a known one."""
        if self.find(made.id) is None:
            return replace(self, measurements=(*self.measurements, made))
        return replace(self, measurements=tuple(made if known.id == made.id else known for known in self.measurements))

    def without_measurement(self, identifier: MeasurementId) -> Marks:
        """Without one of them."""
        return replace(self, measurements=tuple(known for known in self.measurements if known.id != identifier))

    def key_image(self, instance: InstanceUid, frame: int) -> KeyImage | None:
        """The key image that a frame, counted from 1, is; None if it is none."""
        return next(
            (known for known in self.key_images if (known.place.instance, known.place.frame) == (instance, frame)), None
        )

    def with_key_image(self, made: KeyImage) -> Marks:
        """With a key image, instead of one of the same frame."""
        kept = self.without_key_image(made.place.instance, made.place.frame)
        return replace(kept, key_images=(*kept.key_images, made))

    def without_key_image(self, instance: InstanceUid, frame: int) -> Marks:
        """Without the key image of a frame, counted from 1."""
        gone = (instance, frame)
        left = tuple(known for known in self.key_images if (known.place.instance, known.place.frame) != gone)
        return replace(self, key_images=left)

    def calibration(self, instance: Instance) -> Calibration | None:
        """What the reader said about the size of an image, else of its series, or None."""
        held = [known for known in self.calibrations if known.holds(instance)]
        return min(held, key=lambda known: known.instance != instance.uid, default=None)

    def with_calibration(self, made: Calibration) -> Marks:
        """With a calibration, instead of one of the same image, or of the same series."""
        others = (
            known
            for known in self.calibrations
            if known.instance != made.instance and not (made.series and known.series == made.series)
        )
        return replace(self, calibrations=(*others, made))

    def without_calibration(self, gone: Calibration) -> Marks:
        """With what the files say again."""
        return replace(self, calibrations=tuple(known for known in self.calibrations if known != gone))
