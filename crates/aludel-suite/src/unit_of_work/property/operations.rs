//! What is done at random.

use proptest::prelude::*;

#[derive(Debug, Clone)]
pub(super) enum Op {
    AddPerson(i64, Option<usize>),
    AddPet(usize, bool),
    Email(usize, i64),
    Name(usize, Option<u8>),
    Boss(usize, Option<usize>),
    Owner(usize, usize, bool),
    RemovePerson(usize),
    RemovePet(usize),
    Club(usize, usize, bool, bool),
    AddCoded(i64, Option<i64>),
    Code(usize, i64),
    Note(usize, Option<i64>),
    Level(usize),
    RemoveCoded(usize),
    Flush,
    Read(usize),
    Commit,
    Rollback,
    Savepoint(Vec<Op>, bool),
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let email = || 0..6_i64;
    let at = || 0..8_usize;
    prop_oneof![
        3 => (email(), proptest::option::of(at())).prop_map(|(email, boss)| Op::AddPerson(email, boss)),
        3 => (at(), any::<bool>()).prop_map(|(owner, push)| Op::AddPet(owner, push)),
        3 => (at(), email()).prop_map(|(who, email)| Op::Email(who, email)),
        1 => (at(), proptest::option::of(0..3_u8)).prop_map(|(who, name)| Op::Name(who, name)),
        2 => (at(), proptest::option::of(at())).prop_map(|(who, boss)| Op::Boss(who, boss)),
        2 => (at(), at(), any::<bool>()).prop_map(|(pet, owner, add)| Op::Owner(pet, owner, add)),
        2 => at().prop_map(Op::RemovePerson),
        1 => at().prop_map(Op::RemovePet),
        2 => (at(), 0..3_usize, any::<bool>(), any::<bool>()).prop_map(|(who, club, add, side)| Op::Club(who, club, add, side)),
        2 => (0..5_i64, proptest::option::of(0..3_i64)).prop_map(|(code, note)| Op::AddCoded(code, note)),
        2 => (at(), 0..5_i64).prop_map(|(at, code)| Op::Code(at, code)),
        2 => (at(), proptest::option::of(0..3_i64)).prop_map(|(at, note)| Op::Note(at, note)),
        1 => at().prop_map(Op::Level),
        2 => at().prop_map(Op::RemoveCoded),
        3 => Just(Op::Flush),
        1 => at().prop_map(Op::Read),
    ]
}

pub(super) fn operations() -> impl Strategy<Value = Vec<Op>> {
    let inner = || proptest::collection::vec(op(), 0..12);
    let nested = (
        proptest::collection::vec(op(), 0..6),
        any::<bool>(),
        inner(),
        any::<bool>(),
    )
        .prop_map(|(mut before, deep, inner, keep)| {
            if deep {
                before.push(Op::Savepoint(inner, !keep));
            }
            Op::Savepoint(before, keep)
        });
    let any = prop_oneof![
        20 => op(),
        2 => Just(Op::Commit),
        2 => Just(Op::Rollback),
        3 => nested,
    ];
    proptest::collection::vec(any, 1..40)
}
