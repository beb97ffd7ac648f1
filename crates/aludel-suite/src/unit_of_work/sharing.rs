//! Rule 30: a session that is lent by `&` stays in futures that can be spawned.

use super::models::{Author, author, create};
use aludel::LentSession;
use aludel::prelude::*;
use aludel::session::Savepoint;

fn is_shared<T: Send + Sync>() {}

/// A part of a handler that only looks.
async fn emails(session: &Session, keys: &[Key<Author>]) -> aludel::Result<(Vec<String>, usize)> {
    let stored = Author::query().all(session.executor()).await?.len();
    let emails = keys.iter().map(|key| session[*key].email.clone());
    Ok((emails.collect(), stored))
}

on_every_database! {
    async fn a_handler_may_lend_its_session(fixture) {
        let db = fixture.db.clone();
        create(&db).await?;
        let handler = tokio::spawn(async move {
            let mut session = db.session();
            let ann = session.add(author("ann"));
            session.flush().await?;
            let found = emails(&session, &[ann]).await?;
            session.commit().await?;
            Ok::<_, aludel::Error>(found)
        });
        let (emails, stored) = handler.await.expect("no panic")?;
        assert_eq!((emails, stored), (vec!["ann".to_string()], 1));
    }
}

alone! {
    fn a_session_is_send_and_sync() {
        is_shared::<Session>();
        is_shared::<&Session>();
        is_shared::<Savepoint<'_>>();
        is_shared::<LentSession>();
    }
}
