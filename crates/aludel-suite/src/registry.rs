//! Mistakes in the sides of relations that only the whole set of models shows: errors that name both fields.

use aludel::prelude::*;

mod twice {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Reader {
        pub id: i64,
        pub likes: ManyToMany<Book>,
        pub owns: ManyToMany<Book>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Book {
        pub id: i64,
    }
}

mod apart {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    pub struct Reader {
        pub id: i64,
        #[field(table = "liked_books")]
        pub likes: ManyToMany<Book>,
        pub owns: ManyToMany<Book>,
    }

    #[derive(Model, Debug, Clone, PartialEq)]
    pub struct Book {
        pub id: i64,
        #[field(inverse = likes)]
        pub liked_by: ManyToMany<Reader>,
        #[field(inverse = owns)]
        pub owners: ManyToMany<Reader>,
    }
}

mod crossed {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Left {
        pub id: i64,
        #[field(inverse = lefts)]
        pub rights: ManyToMany<Right>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct Right {
        pub id: i64,
        #[field(inverse = rights)]
        pub lefts: ManyToMany<Left>,
    }
}

mod astray {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct Song {
        pub id: i64,
        #[field(inverse = best)]
        pub lists: ManyToMany<List>,
    }

    #[derive(Model, Debug, Clone)]
    pub struct List {
        pub id: i64,
        pub best: BelongsTo<Song>,
    }
}

fn told(registry: &aludel::Registry) -> String {
    registry.check().expect_err("a mistake").to_string()
}

on_every_database! {
    async fn two_relations_between_the_same_models_are_kept_apart(fixture) {
        use apart::{Book, NewBook, NewReader, Reader};
        let db = &fixture.db;
        db.create_all(&models![Reader, Book]).await?;
        let ann = NewReader {}.insert(db).await?;
        let books = Book::insert_many([NewBook {}, NewBook {}]).all(db).await?;
        Reader::likes.of(&ann).add([&books[0]], db).await?;
        Reader::owns.of(&ann).add(&books, db).await?;
        let ann = Reader::query().with(Reader::likes).with(Reader::owns).one(db).await?;
        assert_eq!((ann.likes.all().len(), ann.owns.all().len()), (1, 2));
        let books = Book::query().order_by(Book::id).with(Book::liked_by).with(Book::owners).all(db).await?;
        assert_eq!((books[0].liked_by.all().len(), books[1].liked_by.all().len(), books[1].owners.all().len()), (1, 0, 1));
        let mut session = db.session();
        let key = session.get::<Book>(books[1].id).await?;
        session[key].liked_by.add(&ann);
        session[key].owners.remove(&ann);
        session.commit().await?;
        assert_eq!((Reader::likes.of(&ann).count(db).await?, Reader::owns.of(&ann).count(db).await?), (2, 1));
    }
}

alone! {
    fn two_relations_that_would_share_a_join_table_are_named() {
        let text = told(&models![twice::Reader, twice::Book]);
        assert!(
            text.contains("Reader::likes and Reader::owns") && text.contains("table = "),
            "{text}"
        );
    }

    fn sides_that_name_each_other_are_named() {
        let text = told(&models![crossed::Left, crossed::Right]);
        assert!(
            text.contains("Left::rights") && text.contains("Right::lefts name each other"),
            "{text}"
        );
    }

    fn an_inverse_of_another_kind_is_named() {
        let text = told(&models![astray::Song, astray::List]);
        assert!(
            text.contains("Song::lists")
                && text.contains("List::best")
                && text.contains("ManyToMany<Song>"),
            "{text}"
        );
    }
}
