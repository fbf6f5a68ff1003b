"""What is true of a plan, as outlines, label grids and files; nothing of it comes from pixels."""
