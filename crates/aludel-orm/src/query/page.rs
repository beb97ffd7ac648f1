//! Pages by number.

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<R> {
    /// The rows.
    pub items: Vec<R>,
    /// The page's number, from 1.
    pub number: u64,
    /// How many rows a page has at most.
    pub size: u64,
    /// How many rows there are on all pages.
    pub total: u64,
}

impl<R> Page<R> {
    /// How many pages there are.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size)
    }

    /// Whether there is a page after this one.
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }
}
