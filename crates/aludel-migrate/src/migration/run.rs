//! The user's functions and SQL that migrations run.

use crate::historical::Historical;
use crate::operation::Code;
use aludel_engine::Result;
use std::future::Future;

/// An async function that runs in a migration: `async fn fill(historical: Historical) -> Result<()>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't run in a migration",
    note = "write `async fn fill(historical: Historical) -> aludel::Result<()> {{ … }}`"
)]
pub trait RunFunction: Send + Sync + 'static {
    /// Boxes the function.
    fn into_code(self) -> Code;
}

#[diagnostic::do_not_recommend]
impl<F, Fut> RunFunction for F
where
    F: Fn(Historical) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    fn into_code(self) -> Code {
        Code::new(self)
    }
}

/// The reverse of a function that leaves nothing to undo.
///
/// # Errors
/// None.
pub async fn nothing(_: Historical) -> Result<()> {
    Ok(())
}

/// SQL texts: one for all databases, several, or one for each.
#[derive(Debug, Clone, Default)]
pub struct SqlTexts(pub(super) Vec<(Option<String>, String)>);

impl From<&str> for SqlTexts {
    fn from(text: &str) -> Self {
        SqlTexts(vec![(None, text.to_string())])
    }
}

impl<const N: usize> From<[&str; N]> for SqlTexts {
    fn from(texts: [&str; N]) -> Self {
        SqlTexts(
            texts
                .iter()
                .map(|text| (None, (*text).to_string()))
                .collect(),
        )
    }
}

impl<const N: usize> From<[(&str, &str); N]> for SqlTexts {
    /// Texts with the dialect that each is for: `[("postgres", "…"), ("sqlite", "…")]`.
    fn from(texts: [(&str, &str); N]) -> Self {
        let one =
            |(dialect, text): &(&str, &str)| (Some((*dialect).to_string()), (*text).to_string());
        SqlTexts(texts.iter().map(one).collect())
    }
}
