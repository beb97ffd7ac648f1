//! [`Text`]: a statement's text, cheap to keep.

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::Arc;

/// The text of a statement: part of the program, or shared.
#[derive(Debug, Clone)]
pub enum Text {
    /// Part of the program, or rendered once for good.
    Static(&'static str),
    /// Rendered for this call.
    Shared(Arc<str>),
}

impl Deref for Text {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        match self {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Text::Static(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::Shared(text.into())
    }
}
