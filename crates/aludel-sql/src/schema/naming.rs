//! Names for constraints and indexes that were given none.

/// How constraints and indexes are named: a prefix, the table, its columns.
///
/// A name longer than 63 bytes (PostgreSQL's limit; MariaDB's is 64) is cut and ends in eight hexadecimal digits of
/// a hash of the whole, so that the same long name is always cut to the same short one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingConvention {
    /// The prefix of foreign keys.
    pub foreign_key: &'static str,
    /// The prefix of unique constraints.
    pub unique: &'static str,
    /// The prefix of CHECKs.
    pub check: &'static str,
    /// The prefix of indexes.
    pub index: &'static str,
}

impl Default for NamingConvention {
    fn default() -> Self {
        NamingConvention {
            foreign_key: "fk",
            unique: "uq",
            check: "ck",
            index: "ix",
        }
    }
}

impl NamingConvention {
    /// `fk_posts_author_id`.
    pub fn foreign_key(&self, table: &str, columns: &[String]) -> String {
        join(self.foreign_key, table, columns)
    }
    /// `uq_users_email`.
    pub fn unique(&self, table: &str, columns: &[String]) -> String {
        join(self.unique, table, columns)
    }
    /// `ck_posts_views_positive`.
    pub fn check(&self, table: &str, name: &str) -> String {
        join(self.check, table, &[name.to_string()])
    }
    /// `ix_posts_author_id_created_at`.
    pub fn index(&self, table: &str, columns: &[String]) -> String {
        join(self.index, table, columns)
    }
}

fn join(prefix: &str, table: &str, parts: &[String]) -> String {
    truncate(&format!("{prefix}_{table}_{}", parts.join("_")))
}

/// Cuts a name to 63 bytes, the last eight a hash of the whole name (FNV-1a).
pub fn truncate(name: &str) -> String {
    const LIMIT: usize = 63;
    if name.len() <= LIMIT {
        return name.to_string();
    }
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let mut end = LIMIT - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash:08x}", &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_the_same_way_each_time_and_stay_apart() {
        let long = |end: &str| {
            NamingConvention::default().index(&"very_long_table_name".repeat(4), &[end.to_string()])
        };
        assert_eq!(long("a").len(), 63);
        assert_eq!(long("a"), long("a"));
        assert_ne!(long("a"), long("b"));
        assert_eq!(truncate("short"), "short");
        assert!(truncate(&"ä".repeat(60)).len() <= 63);
    }
}
