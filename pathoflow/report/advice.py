"""What to do about each code, in one sentence a person can act on."""

from __future__ import annotations

from pathoflow.errors import Code

_ADVICE: dict[str, str] = {
    Code.MPP_MISSING: "Find the pixel size in the scanner's records and run again with --mpp, in µm per pixel.",
    Code.MPP_SUSPECT: "Check the pixel size with the scanner's records and run again with --mpp.",
    Code.RES_TOO_LOW: "Rescan at 20x or higher if cells must be counted; vessels were sought all the same.",
    Code.PEN: "Look at the marked area on the glass; clean and rescan the slide if the mark covers vessels.",
    Code.FOLD: "Read the folded area under the microscope; cell counts there are unreliable.",
    Code.BLUR: "Rescan the slide if vessels of interest lie in the blurred area; what was found there is unreliable.",
    Code.ARTEFACT: "Look at the excluded area on the glass; it was not judged.",
    Code.OOD_FROZEN: "Use the paraffin section of the same block; frozen sections are outside what was learned.",
    Code.OOD_STAIN: "Use the H&E slide of the same block; other stains are outside what was learned.",
    Code.OOD_ORGAN: "Check that the right slide was scanned; only liver was learned.",
    Code.NO_TISSUE: "Check the glass and the scan; rescan if there is tissue. This does not mean that MVI is absent.",
    Code.NO_TUMOUR: "Distances to the tumour cannot be measured on this slide; grade with the block's site at hand.",
    Code.BIOPSY: "MVI is not graded on a needle biopsy; use the resection specimen.",
    Code.TILE_UNREADABLE: "Copy the file from the scanner again, or rescan; the unreadable area was not judged.",
    Code.SLIDE_CORRUPT: "Copy the file from the scanner again; if it still does not open, rescan the slide.",
    Code.SLIDE_CHANGED: "The file is not the one that was analysed; run the analysis again.",
    Code.OOM_RETRY: "Nothing to do: the analysis went on with smaller batches and is complete.",
    Code.RESUMED: "Nothing to do: an interrupted run was continued and is complete.",
    Code.NO_SPACE: "Free disk space and run the same command again; it goes on where it stopped.",
    Code.MODEL_HASH: "Put the original network folder back; its weights are not those its card names.",
    Code.INTERNAL: "Run 'pathoflow doctor' and send its output with this page to whoever maintains your installation.",
}

_UNNAMED = "See the message."


def advise(code: str) -> str:
    """What a person can do about ``code``; codes of newer versions get a plain pointer to their message."""
    return _ADVICE.get(code, _UNNAMED)
