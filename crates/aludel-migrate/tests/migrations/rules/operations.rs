//! Rule 10: every operation commutes or not, knows its way back and what it locks.

use aludel::migrate::State;
use aludel::migrate::prelude::*;
use aludel::schema::same_table;

use super::{id, initial};

/// Rule 10: of any two operations that commute, both orders lead to one state.
#[test]
fn rule_10_operations_that_commute_lead_to_one_state_in_both_orders() {
    let cases = crate::cases::all();
    let (mut tried, mut commuting) = (0, 0);
    let all: Vec<(&crate::cases::Case, Vec<Operation>)> = cases
        .iter()
        .map(|case| {
            (
                case,
                crate::autodetect::migrations(case).unwrap()[1]
                    .operations()
                    .to_vec(),
            )
        })
        .collect();
    for (case, own) in &all {
        for (_, others) in &all {
            for a in own {
                for b in others {
                    let start = crate::autodetect::state(&case.old);
                    let run = |first: &Operation, second: &Operation| -> Option<State> {
                        let mut state = start.clone();
                        first.apply(&mut state, "").ok()?;
                        second.apply(&mut state, "").ok()?;
                        Some(state)
                    };
                    tried += 1;
                    assert_eq!(a.commutes(b), b.commutes(a));
                    if a.commutes(b)
                        && let (Some(one), Some(other)) = (run(a, b), run(b, a))
                    {
                        commuting += 1;
                        assert!(
                            aludel::migrate::squash::same_schema(&one.schema, &other.schema),
                            "{a} and {b} on {}",
                            case.name
                        );
                    }
                }
            }
        }
    }
    assert!(tried > 10_000 && commuting > 1_000, "{tried} {commuting}");
}

/// Rule 10: every operation of every case undone is the state before it.
#[test]
fn rule_10_every_operation_knows_its_way_back() {
    for case in crate::cases::all() {
        let migrations = crate::autodetect::migrations(&case).unwrap();
        let mut state = crate::autodetect::state(&case.old);
        for operation in migrations[1].operations() {
            let before = state.clone();
            operation.apply(&mut state, "").unwrap();
            let mut back = state.clone();
            for operation in operation.reverse(&before).unwrap() {
                operation.apply(&mut back, "").unwrap();
            }
            for table in &before.schema.tables {
                let other = back
                    .schema
                    .table(&table.name)
                    .unwrap_or_else(|| panic!("{}: {operation}", case.name));
                assert!(
                    same_table(table, other, &aludel::dialect::POSTGRES),
                    "{}: {operation}",
                    case.name
                );
            }
        }
    }
    let error = Operation::RunSql(aludel::migrate::RunSql {
        forward: vec![(None, "x".into())],
        backward: None,
    })
    .reverse(&State::default())
    .unwrap_err();
    assert!(error.to_string().contains("run_sql_both"), "{error}");
}

/// Rule 10: what an operation locks or breaks, with the recipe, by database.
#[test]
fn rule_10_lint_says_what_an_operation_locks_and_what_to_do_instead() {
    let mut state = State::default();
    initial().apply(&mut state, "").unwrap();
    let rules = |migration: Migration,
                 dialect: &'static dyn aludel::dialect::Dialect|
     -> Vec<&'static str> {
        aludel::migrate::lint::lint(&id(migration.name()), &migration, &state, dialect)
            .unwrap()
            .iter()
            .map(|finding| {
                assert!(!finding.recipe.is_empty() && finding.to_string().contains(finding.rule));
                finding.rule
            })
            .collect()
    };
    let (postgres, sqlite, mariadb) = (
        &aludel::dialect::POSTGRES,
        &aludel::dialect::SQLITE,
        &aludel::dialect::MARIADB,
    );
    let with_index = || Migration::new("0002").add_index("users", index("ix", ["name"]));
    assert_eq!(rules(with_index(), postgres), ["index-locks-writes"]);
    assert!(rules(with_index(), sqlite).is_empty() && rules(with_index(), mariadb).is_empty());
    assert!(
        rules(
            Migration::new("0002").add_index_concurrently("users", index("ix", ["name"])),
            postgres
        )
        .is_empty()
    );
    assert_eq!(
        rules(Migration::new("0002").drop_column("users", "name"), sqlite),
        ["drop-column-breaks-code"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").rename_column("users", "name", "n"),
            mariadb
        ),
        ["rename-breaks-code"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").add_column_with("users", column("a", integer()), 1),
            postgres
        ),
        ["required-column-breaks-code"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").alter_column("users", column("name", integer())),
            postgres
        ),
        ["rewrites-table"]
    );
    assert!(
        rules(
            Migration::new("0002").alter_column("users", column("name", varchar(90))),
            postgres
        )
        .is_empty()
    );
    assert_eq!(
        rules(
            Migration::new("0002")
                .add_column("users", column("a", integer()).nullable())
                .run_sql("update users set a = 1"),
            postgres
        ),
        ["data-under-schema-lock"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").run_sql("create index x on users (name)"),
            mariadb
        ),
        ["not-repeatable"]
    );
    assert!(
        rules(
            Migration::new("0002")
                .create_table(new_table("t").id())
                .add_index("t", index("ix", ["id"])),
            postgres
        )
        .is_empty()
    );
}
