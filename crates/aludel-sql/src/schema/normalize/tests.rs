use super::*;
use crate::dialect::{MARIADB, POSTGRES, SQLITE};

#[test]
fn what_postgresql_prints_is_what_it_was_given() {
    for (given, printed) in [
        (
            r#""views" >= 0 AND "a" <> 'x'"#,
            "((views >= 0) AND (a <> 'x'::text))",
        ),
        (
            "a IN ('x', 'y')",
            "((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
        ),
        ("a NOT IN (1, 2)", "(a <> ALL (ARRAY[1, 2]))"),
        ("a IN (1)", "(a = 1)"),
        ("n BETWEEN 1 AND 5", "((n >= 1) AND (n <= 5))"),
        (
            "(a = 1) OR (b = 2 AND c = 3)",
            "((a = 1) OR ((b = 2) AND (c = 3)))",
        ),
        ("t LIKE 'a%'", "(t ~~ 'a%'::text)"),
        ("-1", "'-1'::integer"),
        (
            "CAST(char_length(x) AS bigint) <= 5",
            "((char_length(x))::bigint <= 5)",
        ),
        ("a + b * 2 > 3", "((a + (b * 2)) > 3)"),
        ("a - b - c", "((a - b) - c)"),
        ("(a = b) IS NOT TRUE", "((a = b) IS NOT TRUE)"),
        (
            "CASE WHEN a THEN 1 END",
            "CASE WHEN a THEN 1 ELSE NULL::integer END",
        ),
        (
            "'2020-01-01 00:00:00.000000'",
            "'2020-01-01 00:00:00+00'::timestamp with time zone",
        ),
    ] {
        assert_eq!(
            canonical(given, &POSTGRES),
            canonical(printed, &POSTGRES),
            "{given}"
        );
    }
    assert_ne!(
        canonical("a - (b - c)", &POSTGRES),
        canonical("a - b - c", &POSTGRES)
    );
    assert_ne!(canonical("a > 1", &POSTGRES), canonical("a > 2", &POSTGRES));
    assert_ne!(
        canonical("a = 'x'", &POSTGRES),
        canonical("a = 'X'", &POSTGRES)
    );
}

#[test]
fn what_mariadb_prints_is_what_it_was_given() {
    for (given, printed) in [
        ("NOT (`a` <=> 1)", "!(`a` <=> 1)"),
        ("NOT (`a` > 1 AND `b` = 2)", "`a` <= 1 or `b` <> 2"),
        ("LOWER(`name`)", "lcase(`name`)"),
        (
            "`a` LIKE 'x%' COLLATE utf8mb4_nopad_bin ESCAPE '\\\\'",
            "`a` like 'x%' collate utf8mb4_nopad_bin escape '\\\\'",
        ),
        ("CONCAT(`a`, `b`)", "concat(`a`,`b`)"),
        ("`a` % 2 = 1", "`a` MOD 2 = 1"),
        ("CURRENT_TIMESTAMP(6)", "current_timestamp(6)"),
        ("TRUE", "1"),
    ] {
        assert_eq!(
            canonical(given, &MARIADB),
            canonical(printed, &MARIADB),
            "{given}"
        );
    }
}

#[test]
fn a_text_that_can_not_be_read_is_its_words() {
    assert_eq!(canonical("a === b ?", &SQLITE), "a == = b ?");
    assert_eq!(
        words("SELECT posts.id, (count(*)) AS count FROM posts", &POSTGRES),
        words("select id, count(*) from \"posts\";", &POSTGRES)
    );
    for (given, printed) in [
        (
            "SELECT a AS x FROM posts AS p WHERE a IN (1, 2) AND t LIKE 'x%' AND b != 3",
            " SELECT p.a AS x FROM posts p WHERE ((p.a = ANY (ARRAY[1, 2])) AND ((p.t)::text ~~ 'x%'::text) AND (p.b <> 3))",
        ),
        (
            "SELECT id FROM a INNER JOIN b ON a.id = b.id",
            "SELECT a.id FROM (a JOIN b ON ((a.id = b.id)))",
        ),
    ] {
        assert_eq!(words(given, &POSTGRES), words(printed, &POSTGRES));
    }
    assert_eq!(
        words("SELECT count(*), id FROM posts", &MARIADB),
        words(
            "select count(0) AS `count(*)`,`db`.`posts`.`id` AS `id` from `db`.`posts`",
            &MARIADB
        )
    );
    assert_ne!(
        words("SELECT id AS a FROM t", &SQLITE),
        words("SELECT id AS b FROM t", &SQLITE)
    );
}
