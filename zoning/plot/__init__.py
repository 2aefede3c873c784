"""Maps and charts; all that draws is in here, and all that imports matplotlib."""
