//! `#[derive(Model)]`: [`parse`] parses the struct and its attributes, [`expand`] writes the impls. [`variants`] does both
//! for an enum of models in one table, [`joined`] for one of models with a base.

mod attributes;
mod expand;
mod joined;
mod parse;
mod serde;
mod variants;

pub(crate) use parse::{Field, Kind, parse_fields};

use proc_macro2::TokenStream;
use syn::{DeriveInput, Result};

pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    if matches!(input.data, syn::Data::Enum(_)) {
        return match joined::base(&input)? {
            Some(base) => joined::derive(&input, &base),
            None => variants::derive(&input),
        };
    }
    let model = parse::Model::parse(&input)?;
    Ok(expand::expand(&model))
}
