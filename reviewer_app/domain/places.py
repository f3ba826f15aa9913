"""Places in what was received that can be gone back to: a passage, a laboratory value, a frame as it was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer_app.domain.ids import InstanceUid, MeasurementId, RecordId, SeriesUid, StudyUid
from reviewer_app.domain.imaging import VoiFunction, Window


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """A record, or a passage of one of its documents.

    Attributes:
        attachment: Index of the attachment within the record.
        page: Page number from 1; 0 for the record as a whole.
        quote: The passage, word for word.
    """

    record: RecordId
    version: str
    attachment: int = 0
    page: int = 0
    quote: str = ""


@dataclass(frozen=True, slots=True)
class TrendView:
    """How trends stood on screen when one of their values was cited.

    Attributes:
        analytes: Keys of the analytes drawn, from top to bottom.
        begins, ends: The stretch of time in view, in seconds since 1970 UTC.
        scaling: How values were placed, see `ui.labs.state.Scaling`.
        units: The system of units, see `domain.analyte.System`.
    """

    analytes: tuple[str, ...]
    begins: float
    ends: float
    scaling: str = ""
    units: str = ""


@dataclass(frozen=True, slots=True)
class ResultPlace:
    """One laboratory value.

    Attributes:
        trend: The analyte key whose chart goes into the annex.
        whole: Whether all results of that key are meant, of which this is the newest.
        view: How it was seen; no part of what is cited.
    """

    record: RecordId
    version: str
    component: str = ""
    trend: str = ""
    whole: bool = False
    view: TrendView | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A series laid over a picture, in colours.

    Attributes:
        top: Upper end of its colours: SUV, or tenths of its range where there is no SUV.
        opacity: Of its brightest part, 0 to 1.
        said: Both as they stood on screen: `PT  SUV 0 to 7  60 %`.
        state: Instance UID of the presentation state that says its window and colours instead; empty for none.
    """

    series: SeriesUid
    top: float
    opacity: float
    said: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What another tile showed.

    Attributes:
        tile: Its number, from 0.
        frame: Counted from 1.
    """

    tile: int
    series: SeriesUid
    instance: InstanceUid
    frame: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """How the tiles stood when a picture was cited.

    Attributes:
        tile: That of the picture, from 0.
    """

    rows: int
    columns: int
    tile: int
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """One frame as it was seen.

    Attributes:
        frame: Frame number from 1 (DICOM).
        window: (center, width) in modality units, or None where the picture has none.
        function: VOI LUT Function that the window was applied with.
        voi_lut: Index of the instance's VOI LUT shown instead of center and width, or None.
        zoom: Relative to fitting the image.
        center: Image point in the middle of the viewport, as fractions of width and height.
        rotation: Degrees clockwise, then `flipped` left to right.
        presentation: Instance UID of the presentation state that it was shown by, or empty.
        marks: Ids of the measurements shown with it, see `domain.measurement`.
        palette: Name of the colours that grey values were shown in; empty for grey.
        bare: Whether overlays, annotations and outlines were hidden.
        overlaid: The series that was laid over it, or None.
        arranged: What stood around it; None where that does not matter. It makes no other picture of it.
    """

    study: StudyUid
    series: SeriesUid
    instance: InstanceUid
    frame: int = 1
    window: tuple[float, float] | None = None
    zoom: float = 1.0
    center: tuple[float, float] = (0.5, 0.5)
    rotation: int = 0
    flipped: bool = False
    inverted: bool = False
    personally_viewed: bool = True
    function: VoiFunction = VoiFunction.LINEAR
    voi_lut: int | None = None
    marks: tuple[MeasurementId, ...] = ()
    presentation: str = ""
    palette: str = ""
    bare: bool = False
    overlaid: Overlaid | None = None
    arranged: Arranged | None = field(default=None, compare=False)

    @property
    def shown_window(self) -> Window | None:
        """The window it was seen with, or None where the picture has none."""
        return Window(*self.window, function=self.function, voi_lut=self.voi_lut) if self.window else None
