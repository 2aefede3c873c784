"""From files to facts: layers, columns, shapes, neighbours and streets."""
