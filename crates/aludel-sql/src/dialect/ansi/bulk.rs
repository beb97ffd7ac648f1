//! What UPDATEs of many rows share: rows `v` with the columns `k1`, `k2`, … and `c1`, `c2`, … for a table `t`.

use crate::expr::Name;
use crate::render::Writer;
use crate::types::SqlType;

/// `"id", "name"`.
pub(in crate::dialect) fn names(w: &mut Writer, columns: &[(Name, SqlType)]) {
    for (n, (name, _)) in columns.iter().enumerate() {
        w.push(if n > 0 { ", " } else { "" });
        w.identifier(name);
    }
}

/// `t."id" = v.k1 AND …`.
pub(in crate::dialect) fn matches(w: &mut Writer, columns: &[(Name, SqlType)]) {
    for (n, (name, _)) in columns.iter().enumerate() {
        w.push(if n > 0 { " AND t." } else { "t." });
        w.identifier(name);
        w.push(&format!(" = v.k{}", n + 1));
    }
}

/// `"name" = v.c1, …`, with the owner before each name.
pub(in crate::dialect) fn sets(w: &mut Writer, columns: &[(Name, SqlType)], owner: &str) {
    for (n, (name, _)) in columns.iter().enumerate() {
        w.push(if n > 0 { ", " } else { "" });
        w.push(owner);
        w.identifier(name);
        w.push(&format!(" = v.c{}", n + 1));
    }
}
