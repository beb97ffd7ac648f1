//! Cases of computed.

use super::{Case, case};
use aludel::migrate::prelude::*;

pub(super) fn all() -> Vec<Case> {
    let base = || {
        new_table("boxes")
            .id()
            .column(column("w", big_int()))
            .column(column("h", big_int()))
    };
    let area = || column("area", big_int()).nullable();
    vec![
        case(
            "a computed column comes",
            [base()],
            [base().column(area().generated(col("w") * col("h")))],
            ["add column boxes.area"],
        )
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a computed column that is not stored comes",
            [base()],
            [base().column(area().computed(col("w") * col("h")))],
            ["add column boxes.area"],
        ),
        case(
            "a computed column goes",
            [base().column(area().generated(col("w") * col("h")))],
            [base()],
            ["drop column boxes.area"],
        ),
        case(
            "a computed column is computed otherwise",
            [base().column(area().generated(col("w") * col("h")))],
            [base().column(area().generated(col("w") + col("h")))],
            ["alter column boxes.area"],
        )
        .finds("select sum(area - w - h) from boxes", "0"),
        case(
            "a computed column becomes a plain one",
            [base().column(area().generated(col("w") * col("h")))],
            [base().column(area())],
            ["alter column boxes.area"],
        )
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a plain column becomes a computed one",
            [base().column(area())],
            [base().column(area().generated(col("w") * col("h")))],
            ["alter column boxes.area"],
        )
        .destroys()
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a computed column with an index is computed otherwise",
            [base()
                .column(area().generated(col("w") * col("h")))
                .index(index("ix_area", ["area"]))],
            [base()
                .column(area().generated(col("w") + 1))
                .index(index("ix_area", ["area"]))],
            ["alter column boxes.area"],
        ),
        case(
            "what a column is computed from grows",
            [new_table("boxes")
                .id()
                .column(column("w", integer()))
                .column(area().generated(col("w") * 2))],
            [new_table("boxes")
                .id()
                .column(column("w", big_int()))
                .column(area().generated(col("w") * 2))],
            [
                "drop column boxes.area",
                "alter column boxes.w",
                "add column boxes.area",
            ],
        ),
        case(
            "what a computed column with constraints is computed from grows",
            [new_table("boxes")
                .id()
                .column(column("w", integer()))
                .column(area().generated(col("w") * 2))
                .check(check("ck", col("area").ge(0)))
                .index(index("ix", ["area"]))],
            [new_table("boxes")
                .id()
                .column(column("w", big_int()))
                .column(area().generated(col("w") * 2))
                .check(check("ck", col("area").ge(0)))
                .index(index("ix", ["area", "w"]))],
            [
                "drop column boxes.area",
                "alter column boxes.w",
                "add column boxes.area",
                "add index ix of boxes",
                "add check ck of boxes",
            ],
        ),
        case(
            "a computed column becomes a plain one of another type",
            [base().column(
                column("area", integer())
                    .nullable()
                    .generated(col("w") * col("h")),
            )],
            [base().column(area())],
            ["alter column boxes.area"],
        )
        .finds("select sum(area - w * h) from boxes", "0"),
        case(
            "a column is renamed that another is computed from",
            [base().column(area().generated(col("w") * col("h")))],
            [new_table("boxes")
                .id()
                .column(column("width", big_int()))
                .column(column("h", big_int()))
                .column(area().generated(col("width") * col("h")))],
            ["rename column boxes.w to width"],
        )
        .renames_column("boxes", "w", "width"),
    ]
}
