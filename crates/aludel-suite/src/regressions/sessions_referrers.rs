//! What goes along with a deleted row is found among many: rows that were moved, added, let go and brought back before.

use aludel::prelude::*;
use std::collections::HashMap;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "shelves")]
pub struct Shelf {
    pub id: i64,
    #[field(alternate_key, max_length = 20)]
    pub code: String,
}

/// Goes with the shelf that it stands on, and forgets the one that it belongs on.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "volumes")]
pub struct Volume {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub stands_on: BelongsTo<Shelf>,
    #[field(on_delete = set_null, column = "home")]
    pub home: Option<BelongsTo<Shelf, ShelfCode>>,
    #[field(version)]
    pub version: i64,
}

/// Goes with its volume.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "marks_in_volumes")]
pub struct Bookmark {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub volume: BelongsTo<Volume>,
}

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

struct Library {
    session: Session,
    shelves: Vec<Key<Shelf>>,
    volumes: Vec<Key<Volume>>,
    bookmarks: Vec<Key<Bookmark>>,
    named: usize,
}

impl Library {
    fn alive<M: Model>(&self, keys: &[Key<M>]) -> Vec<Key<M>> {
        keys.iter()
            .copied()
            .filter(|key| self.session.row(*key).is_ok())
            .collect()
    }

    async fn fill(&mut self, dice: &mut Dice) -> aludel::Result<()> {
        for _ in 0..3 {
            self.named += 1;
            self.shelves.push(self.session.add(NewShelf {
                code: format!("s{}", self.named),
            }));
        }
        self.session.flush().await?;
        let shelves = self.alive(&self.shelves);
        for _ in 0..dice.below(40) {
            let home = (dice.below(3) > 0).then(|| shelves[dice.below(shelves.len())]);
            let new = NewVolume {
                stands_on: shelves[dice.below(shelves.len())].into(),
                home: home.map(Into::into),
                version: None,
            };
            let volume = self.session.add(new);
            self.volumes.push(volume);
            self.bookmarks.push(self.session.add(NewBookmark {
                volume: volume.into(),
            }));
        }
        self.session.flush().await?;
        Ok(())
    }

    async fn step(&mut self, dice: &mut Dice) -> aludel::Result<()> {
        let (shelves, volumes) = (self.alive(&self.shelves), self.alive(&self.volumes));
        if shelves.is_empty() || volumes.is_empty() {
            return self.fill(dice).await;
        }
        let any = |dice: &mut Dice| shelves[dice.below(shelves.len())];
        match dice.below(9) {
            0 => self.fill(dice).await?,
            1 | 2 => {
                for _ in 0..dice.below(8) {
                    let (volume, to) = (volumes[dice.below(volumes.len())], any(dice));
                    match dice.below(3) {
                        0 => self.session[volume].stands_on = to.into(),
                        1 => self.session[volume].home = Some(to.into()),
                        _ => {
                            self.session[volume].stands_on =
                                BelongsTo::from_key(self.session[to].id)
                        }
                    }
                }
                if dice.below(2) == 0 {
                    self.session.flush().await?;
                }
            }
            3 => {
                // What is not known by key alone is read again.
                let (from, to) = (self.session[any(dice)].id, self.session[any(dice)].id);
                let moved =
                    Volume::filter(Volume::stands_on.eq(from)).update(Volume::stands_on_id.set(to));
                self.session.execute(moved).await?;
            }
            4 | 5 => {
                let id = self.session[any(dice)].id;
                self.session
                    .execute(Shelf::filter(Shelf::id.eq(id)).delete())
                    .await?;
            }
            6 => {
                let shelf = any(dice);
                self.session.remove(shelf)?;
                self.session.flush().await?;
            }
            7 => {
                let volume = volumes[dice.below(volumes.len())];
                self.session.remove(volume)?;
                self.session.flush().await?;
            }
            _ => match dice.below(2) {
                0 => {
                    self.session.rollback().await?;
                }
                _ => {
                    self.session.commit().await?;
                }
            },
        }
        Ok(())
    }

    /// Whether memory has what the database has.
    async fn check(&mut self) -> aludel::Result<Vec<String>> {
        self.session.flush().await?;
        let mut wrong = Vec::new();
        let read = self.session.executor();
        let stored: HashMap<i64, Volume> = Volume::query()
            .all(&read)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let marks: HashMap<i64, Bookmark> = Bookmark::query()
            .all(&read)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let known = self.alive(&self.volumes);
        if known.len() != stored.len() {
            wrong.push(format!(
                "{} volumes known, {} stored",
                known.len(),
                stored.len()
            ));
        }
        for key in known {
            let volume = &self.session[key];
            if stored.get(&volume.id) != Some(volume) {
                wrong.push(format!("{volume:?} is {:?}", stored.get(&volume.id)));
            }
        }
        let known = self.alive(&self.bookmarks);
        if known.len() != marks.len() {
            wrong.push(format!(
                "{} bookmarks known, {} stored",
                known.len(),
                marks.len()
            ));
        }
        Ok(wrong)
    }
}

on_every_database! {
    async fn rows_that_go_along_are_found_among_many(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Shelf, Volume, Bookmark]).await?;
        for seed in 1..=6 {
            let mut dice = Dice(seed);
            let mut library = Library {
                session: db.session(),
                shelves: Vec::new(),
                volumes: Vec::new(),
                bookmarks: Vec::new(),
                named: seed as usize * 1_000,
            };
            for step in 0..60 {
                library.step(&mut dice).await?;
                let wrong = library.check().await?;
                assert!(wrong.is_empty(), "seed {seed}, step {step}: {wrong:#?}");
            }
            library.session.rollback().await?;
            Bookmark::query().unfiltered().delete().execute(db).await?;
            Volume::query().unfiltered().delete().execute(db).await?;
            Shelf::query().unfiltered().delete().execute(db).await?;
        }
    }
}
