"""From a plan to pixels: dye on a canvas, tissue by tissue, then light, lens and sensor."""
