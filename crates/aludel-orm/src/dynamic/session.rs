//! [`DynSession`]: a session whose models are known by name at run time. It is the same unit of work: rows that are added, set
//! and removed here are flushed with all others, through the same hooks and rules.

use super::given::{Planned, changes, checked_key, new_row, position, verbs};
use super::write::named;
use crate::model::Model;
use crate::model::meta::{ModelMeta, RelationKind, RelationMeta};
use crate::model::slot::{At, Pointer};
use crate::model::slot::{Key, SlotId};
use crate::registry::Registry;
use crate::session::Session;
use aludel_engine::{DynRow, Error, ErrorKind, Result};
use aludel_sql::Value;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::Location;

/// The address of a row in a session whose model is known at run time; a [`Key`] without its type.
#[derive(Clone, Copy)]
pub struct DynKey {
    meta: &'static ModelMeta,
    id: SlotId,
}

impl DynKey {
    /// The model of the row.
    pub fn model(self) -> &'static ModelMeta {
        self.meta
    }

    /// The typed key of the row.
    ///
    /// # Errors
    /// The row is of another model.
    pub fn typed<M: Model>(self) -> Result<Key<M>> {
        if std::ptr::eq(self.meta, M::meta()) {
            return Ok(Key::new(self.id));
        }
        Err(Error::invalid_query(format!(
            "this is the key of a {}, not of a {}",
            self.meta.name,
            M::NAME
        )))
    }
}

impl<M: Model> From<Key<M>> for DynKey {
    fn from(key: Key<M>) -> DynKey {
        DynKey {
            meta: M::meta(),
            id: key.id,
        }
    }
}

impl PartialEq for DynKey {
    fn eq(&self, other: &DynKey) -> bool {
        std::ptr::eq(self.meta, other.meta) && self.id == other.id
    }
}

impl Eq for DynKey {}

impl Hash for DynKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.meta.name.hash(state);
        self.id.hash(state);
    }
}

impl fmt::Debug for DynKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SlotId { session, slot } = self.id;
        write!(f, "DynKey<{}>({slot} of session {session})", self.meta.name)
    }
}

/// The value of a field: a value or, for a relation to one, a row of the session.
#[derive(Debug, Clone, PartialEq)]
pub enum DynInput {
    /// A value.
    Value(Value),
    /// A row of the session, which may be pending.
    Row(DynKey),
}

impl From<Value> for DynInput {
    fn from(value: Value) -> DynInput {
        DynInput::Value(value)
    }
}

impl From<DynKey> for DynInput {
    fn from(key: DynKey) -> DynInput {
        DynInput::Row(key)
    }
}

impl<M: Model> From<Key<M>> for DynInput {
    fn from(key: Key<M>) -> DynInput {
        DynInput::Row(key.into())
    }
}

/// A session with the models of a registry, by name: made by [`Session::dynamic`].
pub struct DynSession<'s> {
    session: &'s mut Session,
    registry: &'s Registry,
}

impl Session {
    /// The session for models that are known by name at run time.
    ///
    /// ```
    /// use aludel::prelude::*;
    /// # #[derive(Model, Debug, Clone)] struct City { id: i64, name: String }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let db = Database::connect("sqlite::memory:").await?;
    ///
    /// let registry = models![City];
    /// db.create_all(&registry).await?;
    /// let mut session = db.session();
    /// let mut rows = session.dynamic(&registry);
    /// let oslo = rows.add("City", [("name".to_string(), Value::Text("Oslo".into()))])?;
    /// rows.set(oslo, "name", Value::Text("Bergen".into()))?;
    /// session.commit().await?;
    /// assert_eq!(session[oslo.typed::<City>()?].name, "Bergen");
    /// # Ok::<(), aludel::Error>(()) }).unwrap();
    /// ```
    pub fn dynamic<'s>(&'s mut self, registry: &'s Registry) -> DynSession<'s> {
        DynSession {
            session: self,
            registry,
        }
    }
}

impl DynSession<'_> {
    /// The session itself.
    pub fn session(&mut self) -> &mut Session {
        self.session
    }

    /// Adds a draft, which the next flush inserts. Fields are values or, for relations, rows of the session.
    ///
    /// # Errors
    /// A name that no model or field has; [`ErrorKind::Validation`] with every invalid field.
    pub fn add<V: Into<DynInput>>(
        &mut self,
        model: &str,
        fields: impl IntoIterator<Item = (String, V)>,
    ) -> Result<DynKey> {
        let meta = self.registry.model(model)?;
        let (mut values, mut rows) = (Vec::new(), Vec::new());
        for (name, input) in fields {
            match input.into() {
                DynInput::Value(value) => values.push((name, value)),
                DynInput::Row(to) => rows.push((name, to)),
            }
        }
        let referred: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
        let Planned { meta, row } = new_row(meta, values, &referred)?;
        if let Some((at, _)) = row.extra.first() {
            return Err(Error::session_state(format!(
                "a new row of a session leaves {}.{} to be filled in; leave it out, and set it once the row is flushed",
                meta.name, meta.fields[*at].name
            )));
        }
        // All references are checked before anything is added.
        for (name, to) in &rows {
            self.leads(meta, name, *to)?;
        }
        let at = self.open(meta)?;
        let arena = self.session.arenas.at_mut(at);
        let slot = arena.add_values(&row.values, &row.given)?;
        for (name, to) in rows {
            arena.point(slot, &name, Pointer(At::Slot(to.id)))?;
        }
        Ok(self.key(meta, slot))
    }

    /// The row of a primary key. For a known one nothing is sent, unless it is expired.
    ///
    /// # Errors
    /// As [`Session::get`]; a name that no model has.
    #[track_caller]
    pub fn get(
        &mut self,
        model: &str,
        key: Vec<Value>,
    ) -> impl Future<Output = Result<DynKey>> + Send {
        let site = Location::caller();
        let meta = self.registry.model(model);
        let wanted = meta.and_then(|meta| Ok((meta, checked_key(meta, key)?)));
        async move {
            let (meta, key) = wanted?;
            let at = self.open(meta)?;
            let slot = self.session.slot_of(at, key, site).await?;
            Ok(self.key(meta, slot))
        }
    }

    /// The values of a row or of a draft, as they are in memory: columns that a draft leaves to the database are NULL.
    ///
    /// # Errors
    /// A key of another session; a deleted row.
    pub fn row(&self, key: DynKey) -> Result<DynRow> {
        let at = self.place(key)?;
        let values = self.session.arenas.at(at).shown(key.id.slot);
        values
            .map(|values| named(key.meta, values))
            .ok_or_else(|| gone(key.meta))
    }

    /// Sets a field of a row or of a draft: to a value or, for a relation to one, to a row of the session. The next flush
    /// writes it.
    ///
    /// # Errors
    /// A key of another session, a deleted row, a field that the model does not have or manages itself, and
    /// [`ErrorKind::Validation`] for a value that the field does not take.
    pub fn set(&mut self, key: DynKey, field: &str, to: impl Into<DynInput>) -> Result<()> {
        let at = self.place(key)?;
        match to.into() {
            DynInput::Value(value) => {
                let changes = changes(key.meta, vec![(field.to_owned(), value)], false)?;
                self.session
                    .arenas
                    .at_mut(at)
                    .set_values(key.id.slot, changes)
            }
            DynInput::Row(to) => {
                self.leads(key.meta, field, to)?;
                let arena = self.session.arenas.at_mut(at);
                if arena.shown(key.id.slot).is_none() {
                    return Err(gone(key.meta));
                }
                arena.point(key.id.slot, field, Pointer(At::Slot(to.id)))
            }
        }
    }

    /// Marks a row to be deleted by the next flush; a pending one is forgotten at once. Rows that refer to it follow their
    /// `on_delete`.
    ///
    /// # Errors
    /// A key of another session.
    pub fn remove(&mut self, key: DynKey) -> Result<()> {
        let at = self.place(key)?;
        self.session.arenas.at_mut(at).remove(key.id.slot);
        Ok(())
    }

    /// The arena of a model.
    fn open(&mut self, meta: &ModelMeta) -> Result<usize> {
        Ok(self.session.arenas.open(verbs(meta)?))
    }

    fn key(&self, meta: &'static ModelMeta, slot: u32) -> DynKey {
        let session = self.session.arenas.session;
        DynKey {
            meta,
            id: SlotId { session, slot },
        }
    }

    /// The arena of a key.
    fn place(&self, key: DynKey) -> Result<usize> {
        let arenas = &self.session.arenas;
        arenas.check(key.id, key.meta.name)?;
        arenas.by_meta(key.meta).ok_or_else(|| gone(key.meta))
    }

    /// Fails if a relation of a model can't lead to this row.
    fn leads(&self, meta: &ModelMeta, field: &str, to: DynKey) -> Result<()> {
        let relation = relation(meta, field)?;
        self.place(to)?;
        let target = (relation.target)();
        if std::ptr::eq(target, to.meta) {
            return Ok(());
        }
        Err(Error::invalid_query(format!(
            "{}::{field} leads to a {}, not to a {}",
            meta.name, target.name, to.meta.name
        )))
    }
}

/// The relation to one of that name, if the model has its columns.
fn relation<'m>(meta: &'m ModelMeta, name: &str) -> Result<&'m RelationMeta> {
    let belongs = |relation: &&RelationMeta| relation.kind == RelationKind::BelongsTo;
    if let Some(relation) = meta.relation(name).filter(belongs) {
        return Ok(relation);
    }
    // Any other field can't lead to a row; an unknown name has its own error.
    position(meta, name)?;
    Err(Error::invalid_query(format!(
        "{}.{name} is no relation to one row; give it a value",
        meta.name
    )))
}

fn gone(meta: &ModelMeta) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("this {} was deleted or detached", meta.name),
    )
}
