from __future__ import annotations

from xml.etree import ElementTree

from pathoflow.phantom import FileLayout, PhantomSpec, plan_slide
from pathoflow.phantom.file.header import aperio_description, is_lossless, ome_xml
from pathoflow.slide.tiffheader import aperio_facts, is_painted, ome_mpp
from pathoflow.space import Size

SPEC = PhantomSpec(6, (300, 400), 0.25, "stress", vessels=0, tumour=False)


def plan_with(layout: FileLayout, name: str = "phantom"):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return plan_slide(replace(SPEC, file=layout, slide_name=name))


def test_aperio_facts_are_those_of_the_recipe() -> None:
    text = aperio_description(plan_with(FileLayout(jpeg_quality=81)), Size(300, 400))
    mpp, power = aperio_facts(text)
    assert mpp is not None
    assert (mpp.y, power) == (0.25, 40)
    assert "400x300" in text
    assert "Q=81" in text
    assert is_painted(text)


def test_the_scale_can_be_withheld() -> None:
    plan = plan_with(FileLayout(mpp_in_header=False))
    assert aperio_facts(aperio_description(plan, Size(300, 400)))[0] is None
    assert ome_mpp(ome_xml(plan)) is None


def test_ome_xml_holds_one_plane_with_its_scale_and_stage_position() -> None:
    text = ome_xml(plan_with(FileLayout("ome", bounds_offset_px=(40, -8)), 'a <"b"> & c'))
    mpp = ome_mpp(text)
    assert mpp is not None
    assert (mpp.y, mpp.x) == (0.25, 0.25)
    assert is_painted(text)
    assert text.isascii()
    root = ElementTree.fromstring(text)
    [image] = root.findall("{*}Image")
    assert image.get("Name") == 'a <"b"> & c'
    # The schema asks for this order.
    assert [part.tag.partition("}")[2] for part in image] == ["Description", "Pixels"]
    [pixels] = image.findall("{*}Pixels")
    assert [part.tag.partition("}")[2] for part in pixels] == ["Channel", "TiffData", "Plane"]
    assert (pixels.get("SizeY"), pixels.get("SizeX"), pixels.get("SizeC")) == ("300", "400", "3")
    plane = pixels[2]
    assert (plane.get("PositionY"), plane.get("PositionX")) == ("10", "-2")
    assert plane.get("PositionXUnit") == "µm"


def test_alpha_has_four_samples_and_no_loss() -> None:
    plan = plan_with(FileLayout("ome", alpha=True))
    assert is_lossless(plan)
    assert 'SizeC="4"' in ome_xml(plan)
    assert not is_lossless(plan_with(FileLayout()))
