"""Laboratory pane: analytes, their trends and the points behind them."""
