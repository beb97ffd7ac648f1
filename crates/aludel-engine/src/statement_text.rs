//! [`Text`]: a statement's text, cheap to keep.

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::Arc;

/// The text of a statement: part of the program, or shared.
#[derive(Debug)]
pub enum Text {
    /// Part of the program, or rendered once for good.
    Static(&'static str),
    /// Rendered for this call; shared once it is cloned.
    Owned(String),
    /// Rendered, and shared.
    Shared(Arc<str>),
}

impl Clone for Text {
    fn clone(&self) -> Self {
        match self {
            Text::Static(text) => Text::Static(text),
            Text::Owned(text) => Text::Shared(text.as_str().into()),
            Text::Shared(text) => Text::Shared(Arc::clone(text)),
        }
    }
}

impl Deref for Text {
    type Target = str;
    #[inline]
    fn deref(&self) -> &str {
        match self {
            Text::Static(text) => text,
            Text::Owned(text) => text,
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
        Text::Owned(text)
    }
}
