"""Other formats of a description: workbooks, GMNS and layers for a GIS."""
