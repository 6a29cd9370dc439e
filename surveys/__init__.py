"""The rooms of Dönüt, in the order in which data walks through them (see ARCHITECTURE.md)."""
