"""Tenders: bids are read, winners determined, awards judged and told.

In the order of the data: `bids` says what is tendered and bid; `read_bids` makes it of
a file, by `bid_file` (cells), `bid_table` (heads), `lot_names`, `measures` and
`bid_prices`, `simulate` by chance. `rules` says what a bid counts for, `admission`
which bids are valid. `winner_search` asks the solvers, `check_award` judges without
them, `margins` asks again without somebody; `award` is all of this. `reasons`,
`report`, `files` and `markdown` tell it.
"""
