"""What the header of a painted TIFF says: Aperio's description, or OME-XML.

All say that the slide is painted, in words that our readers look for.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan
from pathoflow.space import Size

MAKER = f"pathoflow phantom {GENERATOR_VERSION}"
TILE_PX = 256

_OME = "http://www.openmicroscopy.org/Schemas/OME/2016-06"


def is_lossless(plan: Plan) -> bool:
    """Whether the written pixels are exactly the painted ones."""
    return plan.spec.file.lossless or plan.spec.file.alpha


def aperio_description(plan: Plan, size: Size) -> str:
    """What OpenSlide reads: the vendor from the first word, scale and objective from the fields."""
    spec = plan.spec
    coding = "deflate" if is_lossless(plan) else f"JPEG/RGB Q={plan.jpeg_quality}"
    fields = [
        f"Aperio {MAKER}\r\n{size.width}x{size.height} ({TILE_PX}x{TILE_PX}) {coding}",
        f"AppMag = {10 / spec.mpp:g}",
    ]
    if spec.file.mpp_in_header:
        fields.append(f"MPP = {spec.mpp:.6g}")
    fields += ["Synthetic = 1", f"Phantom seed = {spec.seed}", f"Phantom family = {spec.family}"]
    return "|".join(fields)


def ome_xml(plan: Plan) -> str:
    """OME-XML (schema 2016-06) of one plane whose coarser levels are its sub-images.

    The offset of the slide's corner is the stage position of its plane: ``PositionX`` and
    ``PositionY``, in µm. A ``StageLabel`` would only give a name to a place. Without a known scale
    it stands in pixels.
    """
    spec, size = plan.spec, plan.size
    samples = 4 if spec.file.alpha else 3
    scale = ""
    if spec.file.mpp_in_header:
        scale = "".join(
            f' PhysicalSize{axis}="{spec.mpp:.6g}" PhysicalSize{axis}Unit="&#181;m"'
            for axis in "XY"
        )
    unit, um = ("&#181;m", spec.mpp) if spec.file.mpp_in_header else ("pixel", 1.0)
    top, left = spec.file.bounds_offset_px
    said = f"Synthetic: painted by {MAKER}, seed {spec.seed}, family {spec.family}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OME xmlns="{_OME}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{_OME} {_OME}/ome.xsd" Creator="{MAKER}">'
        f'<Image ID="Image:0" Name={quoteattr(spec.slide_name)}><Description>{said}</Description>'
        '<Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" Interleaved="true"'
        f' SizeX="{size.width}" SizeY="{size.height}" SizeC="{samples}" SizeZ="1" SizeT="1"{scale}>'
        f'<Channel ID="Channel:0:0" SamplesPerPixel="{samples}"/>'
        '<TiffData IFD="0" PlaneCount="1"/>'
        f'<Plane TheC="0" TheZ="0" TheT="0" PositionX="{left * um:.9g}" PositionXUnit="{unit}"'
        f' PositionY="{top * um:.9g}" PositionYUnit="{unit}"/></Pixels></Image></OME>'
    )
