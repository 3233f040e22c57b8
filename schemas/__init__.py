"""JSON Schemas: the contracts of what goes in and comes out."""
