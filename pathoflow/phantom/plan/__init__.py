"""Everything that is true of a slide before a pixel is painted: tissue, vessels, contents, artefacts."""
