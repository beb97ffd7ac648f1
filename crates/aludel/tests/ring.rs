//! Fifty models of nine fields, each related to the next, the last to the first: the types end, and compile soon.
#![allow(missing_docs, unreachable_pub, dead_code)]

use aludel::prelude::*;

macro_rules! ring {
    ($($model:ident -> $next:ident <- $before:ident;)+) => {
        $(
            #[derive(Model, Debug, Clone, PartialEq)]
            pub struct $model {
                pub id: i64,
                pub name: String,
                #[field(default = 0)]
                pub count: i32,
                pub ratio: Option<f64>,
                pub text: Option<String>,
                pub seen: bool,
                #[field(index)]
                pub rank: Option<i64>,
                pub next: Option<BelongsTo<$next>>,
                pub before: HasMany<$before>,
            }
        )+
        fn set() -> impl aludel::Tables {
            models![$($model),+]
        }
    };
}

ring! {
    R0 -> R1 <- R49;
    R1 -> R2 <- R0;
    R2 -> R3 <- R1;
    R3 -> R4 <- R2;
    R4 -> R5 <- R3;
    R5 -> R6 <- R4;
    R6 -> R7 <- R5;
    R7 -> R8 <- R6;
    R8 -> R9 <- R7;
    R9 -> R10 <- R8;
    R10 -> R11 <- R9;
    R11 -> R12 <- R10;
    R12 -> R13 <- R11;
    R13 -> R14 <- R12;
    R14 -> R15 <- R13;
    R15 -> R16 <- R14;
    R16 -> R17 <- R15;
    R17 -> R18 <- R16;
    R18 -> R19 <- R17;
    R19 -> R20 <- R18;
    R20 -> R21 <- R19;
    R21 -> R22 <- R20;
    R22 -> R23 <- R21;
    R23 -> R24 <- R22;
    R24 -> R25 <- R23;
    R25 -> R26 <- R24;
    R26 -> R27 <- R25;
    R27 -> R28 <- R26;
    R28 -> R29 <- R27;
    R29 -> R30 <- R28;
    R30 -> R31 <- R29;
    R31 -> R32 <- R30;
    R32 -> R33 <- R31;
    R33 -> R34 <- R32;
    R34 -> R35 <- R33;
    R35 -> R36 <- R34;
    R36 -> R37 <- R35;
    R37 -> R38 <- R36;
    R38 -> R39 <- R37;
    R39 -> R40 <- R38;
    R40 -> R41 <- R39;
    R41 -> R42 <- R40;
    R42 -> R43 <- R41;
    R43 -> R44 <- R42;
    R44 -> R45 <- R43;
    R45 -> R46 <- R44;
    R46 -> R47 <- R45;
    R47 -> R48 <- R46;
    R48 -> R49 <- R47;
    R49 -> R0 <- R48;
}

#[tokio::test(flavor = "current_thread")]
async fn a_ring_of_fifty_models_compiles_and_is_walked() -> aludel::Result<()> {
    let db = Database::connect("sqlite::memory:").await?;
    db.create_all(&set()).await?;
    let third = NewR2 {
        name: "third".into(),
        count: None,
        ratio: None,
        text: None,
        seen: true,
        rank: None,
        next: None,
    }
    .insert(&db)
    .await?;
    let second = NewR1 {
        name: "second".into(),
        count: None,
        ratio: None,
        text: None,
        seen: false,
        rank: None,
        next: Some((&third).into()),
    }
    .insert(&db)
    .await?;
    NewR0 {
        name: "first".into(),
        count: None,
        ratio: None,
        text: None,
        seen: false,
        rank: None,
        next: Some((&second).into()),
    }
    .insert(&db)
    .await?;
    let found = R0::filter(R0::next.next.name.eq("third") & R0::next.next.seen.eq(true))
        .one(&db)
        .await?;
    assert_eq!(found.name, "first");
    assert_eq!(
        R2::filter(R2::before.any(R1::before.any(R0::name.eq("first"))))
            .count(&db)
            .await?,
        1
    );
    assert!(
        R0::filter(
            R0::next
                .next
                .next
                .next
                .next
                .next
                .next
                .next
                .name
                .is_not_null()
        )
        .all(&db)
        .await?
        .is_empty()
    );
    Ok(())
}
