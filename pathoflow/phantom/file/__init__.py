"""A plan as a slide: read virtually, written as TIFF, or laid out as a contact sheet."""
