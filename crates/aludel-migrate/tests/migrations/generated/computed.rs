//! Generated: every operation of the cases of this name.

use aludel::migrate::prelude::*;

/// The migration `computed`.
pub fn migration() -> Migration {
    Migration::new("computed")
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .primary_key(["id"]),
        )
        .add_column(
            "boxes",
            column("area", big_int())
                .nullable()
                .generated(col("w") * col("h")),
        )
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .primary_key(["id"]),
        )
        .add_column(
            "boxes",
            column("area", big_int())
                .nullable()
                .computed(col("w") * col("h")),
        )
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(
                    column("area", big_int())
                        .nullable()
                        .generated(col("w") * col("h")),
                )
                .primary_key(["id"]),
        )
        .drop_column("boxes", "area")
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(
                    column("area", big_int())
                        .nullable()
                        .generated(col("w") * col("h")),
                )
                .primary_key(["id"]),
        )
        .alter_column(
            "boxes",
            column("area", big_int())
                .nullable()
                .generated(col("w") + col("h")),
        )
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(
                    column("area", big_int())
                        .nullable()
                        .generated(col("w") * col("h")),
                )
                .primary_key(["id"]),
        )
        .alter_column("boxes", column("area", big_int()).nullable())
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(column("area", big_int()).nullable())
                .primary_key(["id"]),
        )
        .alter_column(
            "boxes",
            column("area", big_int())
                .nullable()
                .generated(col("w") * col("h")),
        )
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(
                    column("area", big_int())
                        .nullable()
                        .generated(col("w") * col("h")),
                )
                .primary_key(["id"])
                .index(index("ix_area", ["area"])),
        )
        .alter_column(
            "boxes",
            column("area", big_int()).nullable().generated(col("w") + 1),
        )
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", integer()))
                .column(column("area", big_int()).nullable().generated(col("w") * 2))
                .primary_key(["id"]),
        )
        .drop_column("boxes", "area")
        .alter_column("boxes", column("w", big_int()))
        .add_column(
            "boxes",
            column("area", big_int()).nullable().generated(col("w") * 2),
        )
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", integer()))
                .column(column("area", big_int()).nullable().generated(col("w") * 2))
                .primary_key(["id"])
                .check(check("ck", col("area").ge(0)))
                .index(index("ix", ["area"])),
        )
        .drop_column("boxes", "area")
        .alter_column("boxes", column("w", big_int()))
        .add_column(
            "boxes",
            column("area", big_int()).nullable().generated(col("w") * 2),
        )
        .add_index("boxes", index("ix", ["area", "w"]))
        .add_check("boxes", check("ck", col("area").ge(0)))
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(
                    column("area", integer())
                        .nullable()
                        .generated(col("w") * col("h")),
                )
                .primary_key(["id"]),
        )
        .alter_column("boxes", column("area", big_int()).nullable())
        .create_table(
            new_table("boxes")
                .column(column("id", big_int()).identity())
                .column(column("w", big_int()))
                .column(column("h", big_int()))
                .column(
                    column("area", big_int())
                        .nullable()
                        .generated(col("w") * col("h")),
                )
                .primary_key(["id"]),
        )
        .rename_column("boxes", "w", "width")
}
