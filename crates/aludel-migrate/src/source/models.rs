//! Models from a live schema.
