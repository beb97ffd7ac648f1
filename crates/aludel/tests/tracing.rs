//! Statements as `tracing` spans, with OpenTelemetry's names for what a database client does.
#![allow(missing_docs)]

use aludel::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

type Fields = BTreeMap<&'static str, String>;

/// Keeps the fields of each span.
#[derive(Clone, Default)]
struct Recorder {
    spans: Arc<Mutex<Vec<Fields>>>,
}

struct Visitor<'a>(&'a mut Fields);

impl Visit for Visitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_string());
    }
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "aludel" && metadata.is_span()
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut spans = self.spans.lock().expect("not poisoned");
        let mut fields = Fields::new();
        span.record(&mut Visitor(&mut fields));
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }
    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().expect("not poisoned");
        values.record(&mut Visitor(&mut spans[span.into_u64() as usize - 1]));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_statement_is_a_span_with_its_text_and_call_site_but_no_values() {
    let recorder = Recorder::default();
    let spans = Arc::clone(&recorder.spans);
    tracing::subscriber::with_default(recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime
            .block_on(async {
                let db = Database::connect("sqlite::memory:").await?;
                sql("create table t (secret text)").execute(&db).await?;
                sql("insert into t values (")
                    .bind("hunter2")
                    .push(")")
                    .execute(&db)
                    .await?;
                assert!(sql("select nonsense from t").rows(&db).await.is_err());
                Ok::<(), aludel::Error>(())
            })
            .expect("it works");
    });
    let spans = spans.lock().expect("not poisoned");
    assert_eq!(spans.len(), 3);
    let insert = &spans[1];
    assert_eq!(insert["db.system.name"], "sqlite");
    assert_eq!(insert["db.query.text"], "insert into t values (?1)");
    assert_eq!(insert["otel.kind"], "client");
    assert!(insert["code.file.path"].ends_with("tracing.rs"));
    assert!(!insert.contains_key("error.type"));
    assert_eq!(spans[2]["error.type"], "InvalidStatement");
    assert!(!format!("{spans:?}").contains("hunter2"));
}
