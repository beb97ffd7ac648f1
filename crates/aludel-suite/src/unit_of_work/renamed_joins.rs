//! Rule 29: where a key is a reference that follows, rows of a made join table follow along with it.

use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Land {
    #[field(primary_key, max_length = 10)]
    pub code: String,
}

/// Its key is that of its land.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Flag {
    #[field(primary_key, on_update = cascade, column = "land")]
    pub land: BelongsTo<Land>,
    pub colours: ManyToMany<Colour>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Colour {
    pub id: i64,
    pub name: String,
    pub flags: ManyToMany<Flag>,
}

on_every_database! {
    async fn rows_of_a_join_table_follow_a_key_that_follows(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Land, Flag, Colour]).await?;
        let land = NewLand { code: "a".into() }.insert(db).await?;
        let flag = NewFlag { land: (&land).into() }.insert(db).await?;
        let red = NewColour { name: "red".into() }.insert(db).await?;
        Flag::colours.of(&flag).add([&red], db).await?;
        let mut session = db.session();
        let key: Key<Land> = session.get("a".to_string()).await?;
        session[key].code = "b".into();
        session.commit().await?;
        let flag = Flag::get("b".to_string(), db).await?;
        assert_eq!(Flag::colours.of(&flag).count(db).await?, 1);
        let flags = Colour::flags.of(&red).query()?.all(db).await?;
        assert_eq!(flags, [flag]);
    }
}
