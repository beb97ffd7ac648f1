//! `#[derive(Model)]`: [`parse`] reads the struct and its attributes, [`expand`] writes the impls.

mod expand;
mod parse;

pub(crate) use parse::{Field, Kind, parse_fields};

use proc_macro2::TokenStream;
use syn::{DeriveInput, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let model = parse::Model::parse(&input)?;
    Ok(expand::expand(&model))
}
