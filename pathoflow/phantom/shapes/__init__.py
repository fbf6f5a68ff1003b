"""Raw material of plans: hashed noise, wavy outlines, lattices of cells."""
