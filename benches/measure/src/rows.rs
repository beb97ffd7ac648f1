//! The rows that every peer writes, and how what belongs together is put together by hand.

use std::collections::HashMap;

/// The name of the nth new user.
pub fn name(n: usize) -> String {
    format!("User {n}")
}

/// The hair colour of the nth new user: every fourth has none to tell.
pub fn color(n: usize) -> Option<String> {
    (!n.is_multiple_of(4)).then(|| "hair color".to_owned())
}

/// So many new users, made by a peer's own constructor.
pub fn new_rows<T>(count: usize, mut make: impl FnMut(String, Option<String>) -> T) -> Vec<T> {
    (0..count).map(|n| make(name(n), color(n))).collect()
}

/// Another colour for the nth user, in every round.
pub fn shade(n: usize, round: u64) -> String {
    format!("shade {n} of {round}")
}

/// Puts children into their parents, by the parents' keys. Both come in any order.
pub fn assemble<P, C>(
    parents: &mut [P],
    key: impl Fn(&P) -> i64,
    children: Vec<C>,
    parent: impl Fn(&C) -> i64,
    mut put: impl FnMut(&mut P, C),
) {
    let at: HashMap<i64, usize> = parents.iter().enumerate().map(|(n, parent)| (key(parent), n)).collect();
    for child in children {
        put(&mut parents[at[&parent(&child)]], child);
    }
}
