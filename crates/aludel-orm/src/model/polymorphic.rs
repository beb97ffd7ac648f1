//! References to rows of several models (Django's generic relations), as an enum of models.
//!
//! ```text
//! #[derive(Polymorphic)]
//! enum Subject { Post(Post), Photo(Photo) }              and, made by the derive:
//! enum SubjectRef { Post(i64), Photo(i64) }              a value, stored as two columns
//!
//! struct Comment { id, text, #[field(embedded)] subject: SubjectRef }    subject_kind, subject_id
//! ```
//!
//! The reference is a plain value that can be matched; [`Polymorphic::get`] and [`Polymorphic::load`] read the rows. It
//! has no foreign key, so the database deletes a row and keeps the references to it. A session follows
//! `#[field(embedded, on_delete = cascade)]` if the other model declares the reference:
//! `#[model(referred_by(Comment::subject))]`.
//!
//! In a session a reference may lead to a row that is not inserted yet (`subject: post_key.into()`). Until the next flush
//! it is the variant `Unflushed`.

use crate::model::Model;
use crate::model::column::{Column, ColumnSet};
use crate::model::embedded::Embedded;
use crate::model::fields::elsewhere;
use crate::model::meta::{FieldBuilder, FieldMeta, ModelMeta};
use crate::model::path::Path;
use crate::model::slot::{At, Key, Pointer, SlotId};
use crate::model::values::Decoded;
use aludel_engine::spi::Sited;
use aludel_engine::spi::command::BoxFuture;
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Expr, Node, Operand};
use aludel_sql::row::{DecodeError, FromRow, Row};
use aludel_sql::types::{ColumnType, PrimaryKey};
use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::marker::PhantomData;
use std::panic::Location;

/// An enum of models that something may refer to: `#[derive(Polymorphic)] enum Subject { Post(Post), Photo(Photo) }`.
pub trait Polymorphic: Sized + Send + 'static {
    /// The reference, which a model embeds.
    type Reference: PolymorphicRef;

    /// The reference to this row.
    fn reference(&self) -> Self::Reference;

    /// The rows of one kind, by their keys.
    #[doc(hidden)]
    fn of_kind(
        kind: usize,
        keys: Vec<<Self::Reference as PolymorphicRef>::Key>,
        db: &dyn Executor,
    ) -> BoxFuture<'_, Result<Vec<Self>>>;

    /// The row that is referred to: `SELECT … FROM posts WHERE id = ?`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is gone, [`ErrorKind::SessionState`] for a session's row that is not flushed, and any
    /// database error.
    #[track_caller]
    fn get(
        reference: impl Into<Self::Reference>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Self>> + Send {
        let parts = reference.into().into_parts();
        let db = Sited::new(db, Location::caller());
        async move {
            let (kind, key) = parts.map_err(not_flushed::<Self::Reference>)?;
            let found = Self::of_kind(kind, vec![key], &db).await?;
            found.into_iter().next().ok_or_else(|| {
                let kind = Self::Reference::KINDS[kind];
                Error::new(ErrorKind::NotFound, format!("no {kind:?} of that key"))
            })
        }
    }

    /// The rows that are referred to, one statement for each kind; those that are gone are left out.
    ///
    /// # Errors
    /// [`ErrorKind::SessionState`] for a session's row that is not flushed, and any database error.
    #[track_caller]
    fn load(
        references: impl IntoIterator<Item = Self::Reference>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<HashMap<Self::Reference, Self>>> + Send {
        let mut by_kind: Vec<Vec<_>> = Self::Reference::KINDS.iter().map(|_| Vec::new()).collect();
        let db = Sited::new(db, Location::caller());
        let mut unflushed = None;
        for reference in references {
            match reference.into_parts() {
                Ok((kind, key)) => by_kind[kind].push(key),
                Err(row) => unflushed = Some(row),
            }
        }
        async move {
            if let Some(row) = unflushed {
                return Err(not_flushed::<Self::Reference>(row));
            }
            let mut found = HashMap::new();
            for (kind, keys) in by_kind.into_iter().enumerate() {
                if keys.is_empty() {
                    continue;
                }
                let rows = Self::of_kind(kind, keys, &db).await?;
                found.extend(rows.into_iter().map(|row| (row.reference(), row)));
            }
            Ok(found)
        }
    }
}

/// A reference to a row of one of several models: its kind and its key.
pub trait PolymorphicRef: Embedded + Clone + Eq + Hash + Sized {
    /// The key's type, the same for all models.
    type Key: PrimaryKey + ColumnType + Send;
    /// The names of the kinds in the database.
    const KINDS: &'static [&'static str];
    /// The kind's number and the key.
    ///
    /// # Errors
    /// A row of a session, whose key the next flush finds out.
    fn into_parts(self) -> std::result::Result<(usize, Self::Key), Unflushed>;
    /// The reference to a row of a kind.
    fn from_parts(kind: usize, key: Self::Key) -> Self;
    /// The model of a kind.
    #[doc(hidden)]
    fn kind_of(kind: usize) -> KindOf;
    /// The session's row that it refers to.
    #[doc(hidden)]
    fn in_session(&self) -> Option<Unflushed>;
    /// The reference to a session's row.
    #[doc(hidden)]
    fn of_session(row: Unflushed) -> Self;
}

/// A row of a session, in a reference that was made from a [`Key`]. The next flush replaces it with the row's own key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unflushed {
    kind: u32,
    slot: SlotId,
}

impl Unflushed {
    /// A row of a kind.
    #[doc(hidden)]
    pub fn new<M: Model>(kind: usize, key: Key<M>) -> Unflushed {
        Unflushed {
            kind: kind as u32,
            slot: key.id,
        }
    }

    /// The kind's number.
    pub fn kind(&self) -> usize {
        self.kind as usize
    }

    pub(crate) fn slot(&self) -> SlotId {
        self.slot
    }
}

impl fmt::Debug for Unflushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("of a session")
    }
}

/// A model that a reference may lead to.
#[derive(Debug, Clone, Copy)]
pub struct KindOf {
    /// The name of the kind in the database.
    pub label: &'static str,
    /// The model.
    pub meta: fn() -> &'static ModelMeta,
    pub(crate) name: &'static str,
    pub(crate) model: TypeId,
}

impl KindOf {
    /// A model, and the name of the kind in the database.
    #[doc(hidden)]
    pub fn of<M: Model>(label: &'static str) -> KindOf {
        KindOf {
            label,
            meta: M::meta,
            name: M::NAME,
            model: TypeId::of::<M>(),
        }
    }
}

/// A field that refers to rows of several models: a reference, or one in an `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no reference to rows of several models",
    label = "not a polymorphic reference",
    note = "`#[derive(Polymorphic)] enum Subject {{ Post(Post), Photo(Photo) }}` makes `SubjectRef`"
)]
pub trait PolymorphicField: Embedded {
    /// The reference.
    type Of: PolymorphicRef;
}

impl<P: PolymorphicField> PolymorphicField for Option<P> {
    type Of = P::Of;
}

#[cold]
fn not_flushed<P: PolymorphicRef>(row: Unflushed) -> Error {
    let name = P::kind_of(row.kind()).name;
    Error::session_state(format!(
        "this reference to a {name} was made of a session's key, and its own key is not known yet; flush the session before"
    ))
}

/// The columns of a reference over a path: `Comment::subject.kind`, `Comment::subject.is(&post)`.
pub struct ReferenceColumns<Q, P: PolymorphicRef> {
    /// What kind of row it refers to.
    pub kind: Column<Q, String>,
    /// The row's key.
    pub id: Column<Q, P::Key>,
    of: PhantomData<fn() -> P>,
}

impl<Q: Path, P: PolymorphicRef> ColumnSet for ReferenceColumns<Q, P> {
    const REF: &'static Self = &ReferenceColumns {
        kind: Column::new("kind"),
        id: Column::new("id"),
        of: PhantomData,
    };
}

impl<Q: Path, P: PolymorphicRef> ReferenceColumns<Q, P> {
    /// Whether it refers to this row: `subject_kind = 'post' AND subject_id = ?`.
    pub fn is(&self, reference: impl Into<P>) -> Expr<Q::Root, bool> {
        let (kind, key) = parts(reference.into());
        let id = Node::binary(BinaryOp::Equal, self.id.into_operand(), Node::Value(key));
        Expr::from_node(self.is_kind(kind).and(id))
    }

    /// Whether it refers to a row of this model.
    pub fn is_a<M>(&self) -> Expr<Q::Root, bool>
    where
        M: Model<Key = P::Key>,
        P: Kind<M>,
    {
        Expr::from_node(self.is_kind(P::KIND))
    }

    fn is_kind(&self, kind: usize) -> Node {
        Node::binary(
            BinaryOp::Equal,
            self.kind.into_operand(),
            Node::Value(Value::Text(P::KINDS[kind].to_owned())),
        )
    }
}

/// Marks `M` as a model whose rows can be referred to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not refer to rows of `{M}`",
    label = "no kind of this reference",
    note = "the enum with `#[derive(Polymorphic)]` lists the models"
)]
pub trait Kind<M> {
    /// The kind's number.
    const KIND: usize;
}

/// Reads a reference.
///
/// # Errors
/// An unknown kind, and a key of another type.
pub fn read<P: PolymorphicRef>(row: &mut Row<'_>) -> Decoded<P>
where
    P::Key: FromRow,
{
    let kind = row.peek_text(0)?;
    let Some(kind) = P::KINDS.iter().position(|known| *known == kind) else {
        let found = format!(
            "{kind:?}, which is no kind of row that it may refer to; there are {}",
            P::KINDS.join(", ")
        );
        return Err(DecodeError {
            position: 0,
            wanted: std::any::type_name::<P>(),
            found,
        });
    };
    row.skip(1);
    Ok(P::from_parts(kind, P::Key::from_row(row)?))
}

/// The columns of a reference.
pub fn fields<P: PolymorphicRef>() -> Vec<FieldMeta> {
    vec![
        FieldBuilder::standalone::<String>("kind", "kind", |field| field.max_length(100)),
        FieldBuilder::standalone::<P::Key>("id", "id", |field| field),
    ]
}

/// The values of a reference's columns.
pub fn values<P: PolymorphicRef>(reference: P, out: &mut Vec<Value>) {
    let (kind, key) = parts(reference);
    out.push(Value::Text(P::KINDS[kind].to_owned()));
    out.push(key);
}

/// The kind and the key's value. The key of a session's row is invalid outside of the session: binding it fails and says so.
fn parts<P: PolymorphicRef>(reference: P) -> (usize, Value) {
    match reference.into_parts() {
        Ok((kind, key)) => (kind, key.into_value()),
        Err(row) => (row.kind(), elsewhere(P::kind_of(row.kind()).name)),
    }
}

/// The session's row that a reference leads to, and its model.
pub fn open<P: PolymorphicRef>(reference: &P) -> Option<(Unflushed, KindOf)> {
    let row = reference.in_session()?;
    Some((row, P::kind_of(row.kind())))
}

/// The target of a reference.
pub fn pointer<P: PolymorphicRef>(reference: &P) -> Pointer {
    Pointer(match reference.in_session() {
        Some(row) => At::Kind(row),
        None => {
            let mut key = Vec::with_capacity(2);
            values(reference.clone(), &mut key);
            At::Key(key)
        }
    })
}

/// The reference to this target.
pub fn leading_to<P: PolymorphicRef>(to: Pointer) -> Option<P> {
    match to.0 {
        At::Kind(row) => Some(P::of_session(row)),
        _ => None,
    }
}

/// The models that a reference may lead to.
pub fn kinds<P: PolymorphicRef>() -> Vec<KindOf> {
    (0..P::KINDS.len()).map(P::kind_of).collect()
}
