"""The exchange: the only crossing between the internet zone and the extranet zone (`docs/exchange.md`, A2.1)."""
