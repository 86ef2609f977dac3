"""The relay alone: what it costs and how soon it delivers, with an engine that costs next to nothing."""
