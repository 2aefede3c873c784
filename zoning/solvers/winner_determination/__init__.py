"""Winner determination: which bids win, and a proof."""
