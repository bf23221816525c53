"""The half of the checker that watches a program run: ORM calls on an event loop, what holds one up, missing awaits."""
