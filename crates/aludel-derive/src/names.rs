//! Names derived from other names.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;
use syn::spanned::Spanned;

/// `PackageVersion` → `package_version`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (n, c) in name.chars().enumerate() {
        if c.is_uppercase() && n > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `created_at` → `CreatedAt`.
pub(crate) fn camel(name: &str) -> String {
    name.trim_start_matches("r#")
        .split('_')
        .flat_map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .into_iter()
                .flat_map(char::to_uppercase)
                .chain(chars)
                .collect::<Vec<char>>()
        })
        .collect()
}

/// The table of a model: its name in snake_case, in the plural as far as English is regular.
pub(crate) fn table(model: &str) -> String {
    let name = snake(model);
    if name.ends_with('y') && !name.ends_with(['a', 'e', 'i', 'o', 'u']) {
        let vowel = name
            .chars()
            .rev()
            .nth(1)
            .is_some_and(|c| "aeiou".contains(c));
        if !vowel {
            return format!("{}ies", &name[..name.len() - 1]);
        }
    }
    if name.ends_with('s') || name.ends_with('x') || name.ends_with("ch") || name.ends_with("sh") {
        return format!("{name}es");
    }
    format!("{name}s")
}

/// `__User_posts`, the marker type of `User::posts`. It does not collide with a model `UserPosts`, and errors show both
/// parts. No two fields of any two models have the same.
pub(crate) fn marker(model: &Ident, field: &Ident) -> Ident {
    let name = field.to_string();
    let name = name.trim_start_matches("r#");
    Ident::new(&format!("__{model}_{name}"), field.span())
}

/// `UserEmail`, the marker of the alternate key `User::email`, which programs write.
pub(crate) fn key_marker(model: &Ident, field: &Ident) -> Ident {
    Ident::new(
        &format!("{model}{}", camel(&field.to_string())),
        field.span(),
    )
}

/// `__UserColumns`, the struct of the columns and relations of `User`.
pub(crate) fn columns(model: &Ident) -> Ident {
    Ident::new(&format!("__{model}Columns"), model.span())
}

/// The span of the user's code, for generated code: errors point there, lints ignore it.
pub(crate) fn at(tokens: &impl Spanned) -> Span {
    Span::call_site().located_at(tokens.span())
}

/// Puts impls into a block of their own, in which `__aludel` is the module that the derives call: a path of four words, several
/// hundred times for a model, is time that the compiler takes in every build.
pub(crate) fn in_block(impls: TokenStream) -> TokenStream {
    quote! {
        #[allow(unused_qualifications)]
        const _: () = {
            use ::aludel::__private as __aludel;
            #impls
        };
    }
}

/// FNV-1a of a field's name: how another model's `inverse = name` finds it.
pub(crate) fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_names() {
        assert_eq!(snake("PackageVersion"), "package_version");
        assert_eq!(camel("created_at"), "CreatedAt");
        assert_eq!(table("Category"), "categories");
        assert_eq!(table("Day"), "days");
        assert_eq!(table("Box"), "boxes");
        assert_eq!(table("User"), "users");
        let ident = |name: &str| Ident::new(name, Span::call_site());
        let (user, profile, kind) = (ident("User"), ident("UserProfile"), ident("kind"));
        let (long, raw) = (ident("profile_kind"), Ident::new_raw("type", kind.span()));
        assert_eq!(marker(&profile, &kind), "__UserProfile_kind");
        assert_eq!(marker(&user, &long), "__User_profile_kind");
        assert_eq!(marker(&user, &raw), "__User_type");
        assert_eq!(key_marker(&user, &kind), "UserKind");
    }
}
