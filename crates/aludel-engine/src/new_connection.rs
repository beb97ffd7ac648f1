//! [`NewConnection`]: a connection before its first use, for [`Options::after_connect`](crate::Options::after_connect).

use crate::command::{Access, BoxFuture, Command, Discard};
use crate::driver::Link;
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use tokio::sync::Mutex;

/// A connection that was just made or reset, and is not in the pool yet.
pub struct NewConnection {
    link: Arc<Mutex<Option<Link>>>,
}

impl NewConnection {
    /// Runs a statement.
    ///
    /// # Errors
    /// Any database error; [`ErrorKind::Closed`] once the hook has returned.
    pub async fn execute(&self, text: impl Into<String>) -> Result<u64> {
        let mut link = self.link.lock().await;
        let link = link.as_mut().ok_or_else(in_the_pool)?;
        let command = Command::with_text(text.into().into(), Vec::new(), Access::Unknown);
        match link {
            Link::Embedded(embedded) => {
                embedded.control(&command.text)?;
                Ok(0)
            }
            Link::Server(server) => Ok(server.run(&command, &mut Discard).await?.affected),
        }
    }
}

fn in_the_pool() -> Error {
    Error::new(
        ErrorKind::Closed,
        "after_connect has returned, and the connection is in the pool",
    )
}

type Hook = dyn Fn(NewConnection) -> BoxFuture<'static, Result<()>> + Send + Sync;

/// The program's setup for each new connection.
#[derive(Clone)]
pub(crate) struct AfterConnect(Arc<Hook>);

impl AfterConnect {
    pub(crate) fn new<F, Fut>(hook: F) -> AfterConnect
    where
        F: Fn(NewConnection) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        AfterConnect(Arc::new(move |connection| Box::pin(hook(connection))))
    }

    /// Runs it on a connection, and returns the connection.
    pub(crate) async fn run(&self, link: Link) -> Result<Link> {
        let shared = Arc::new(Mutex::new(Some(link)));
        let lent = NewConnection {
            link: Arc::clone(&shared),
        };
        (self.0)(lent).await?;
        let link = shared.lock().await.take();
        link.ok_or_else(in_the_pool)
    }
}
