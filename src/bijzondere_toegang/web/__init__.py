"""What every page and form rests on: rendering, catalogues, forms, headers, refusals. Knows no case."""
