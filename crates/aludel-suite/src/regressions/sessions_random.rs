//! Rules 8, 21, 22 and 25, at random: rows come to any other state that the constraints allow, in one flush, however few
//! values there are. Memory and database are compared after each.

use aludel::ErrorKind;
use aludel::prelude::*;
use std::collections::HashMap;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suit {
    Clubs,
    Diamonds,
    Hearts,
    Spades,
}

const SUITS: [Suit; 4] = [Suit::Clubs, Suit::Diamonds, Suit::Hearts, Suit::Spades];

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "players", unique(table_number, place))]
pub struct Player {
    pub id: i64,
    #[field(unique)]
    pub suit: Suit,
    #[field(min = 0, max = 1, enforce)]
    pub table_number: i32,
    #[field(min = 0, max = 3, enforce)]
    pub place: i32,
    #[field(version)]
    pub version: i64,
}

/// A tree whose branches are ordered.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "branches", unique(parent, place))]
pub struct Branch {
    pub id: i64,
    pub parent: Option<BelongsTo<Branch>>,
    #[field(min = 0, enforce)]
    pub place: i32,
    #[field(version)]
    pub version: i64,
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

    fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for n in (1..items.len()).rev() {
            items.swap(n, self.below(n + 1));
        }
        items
    }
}

/// The state of a player: suit, table and place.
type Seat = (Suit, i32, i32);

fn seat(player: &Player) -> Seat {
    (player.suit, player.table_number, player.place)
}

async fn players(
    session: &mut Session,
    dice: &mut Dice,
    db: &Database,
) -> aludel::Result<Result<(), String>> {
    let mut keys = session.all(Player::query().order_by(Player::id)).await?;
    keys = dice.shuffled(keys);
    let removed = keys.split_off(keys.len() - dice.below(keys.len() + 1).min(2));
    let added = dice.below(5 - keys.len());
    let suits = dice.shuffled(SUITS.to_vec());
    let places = dice.shuffled((0..8).collect::<Vec<i32>>());
    let goals: Vec<Seat> = suits
        .into_iter()
        .zip(places)
        .map(|(suit, n)| (suit, n / 4, n % 4))
        .collect();
    let (goals, fresh) = goals.split_at(keys.len());
    let before: Vec<Seat> = keys.iter().map(|key| seat(&session[*key])).collect();
    // All suits are taken, and some row takes another's: there is none to spare.
    let is_stuck = keys.len() == 4 && before.iter().zip(goals).any(|(a, b)| a.0 != b.0);
    for key in &removed {
        session.remove(*key)?;
    }
    for (key, goal) in keys.iter().zip(goals) {
        let player = &mut session[*key];
        (player.suit, player.table_number, player.place) = *goal;
    }
    let new: Vec<Key<Player>> = fresh
        .iter()
        .take(added)
        .map(|(suit, table_number, place)| {
            session.add(NewPlayer {
                suit: *suit,
                table_number: *table_number,
                place: *place,
                version: None,
            })
        })
        .collect();
    let case = format!(
        "{before:?}, {} removed -> {goals:?} and {:?}",
        removed.len(),
        &fresh[..added]
    );
    match session.commit().await {
        Ok(_) if is_stuck => return Ok(Err(format!("{case}: should be refused"))),
        Err(error) if is_stuck && error.kind() == ErrorKind::SessionState => {
            session.rollback().await?;
            *session = db.session();
            return Ok(Ok(()));
        }
        Err(error) => {
            *session = db.session();
            return Ok(Err(format!("{case}: {error}")));
        }
        Ok(_) => {}
    }
    let stored: HashMap<i64, Player> = Player::query()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let all: Vec<Key<Player>> = keys.into_iter().chain(new).collect();
    let expected: Vec<Seat> = goals.iter().chain(&fresh[..added]).copied().collect();
    let is_right = stored.len() == all.len()
        && all.iter().zip(&expected).all(|(key, goal)| {
            let player = &session[*key];
            seat(player) == *goal && stored.get(&player.id) == Some(player)
        });
    Ok(if is_right {
        Ok(())
    } else {
        Err(format!("{case}: {stored:?}"))
    })
}

async fn branches(
    session: &mut Session,
    dice: &mut Dice,
    db: &Database,
) -> aludel::Result<Result<(), String>> {
    let mut keys = session.all(Branch::query().order_by(Branch::id)).await?;
    keys = dice.shuffled(keys);
    let removed = keys.split_off(keys.len() - dice.below(keys.len() + 1).min(2));
    let added = dice.below(9 - keys.len());
    let new: Vec<Key<Branch>> = (0..added)
        .map(|_| {
            session.add(NewBranch {
                parent: None,
                place: 0,
                version: None,
            })
        })
        .collect();
    let all = dice.shuffled(keys.iter().copied().chain(new).collect::<Vec<_>>());
    // Each is below one of those before it, or a root.
    let mut next: HashMap<Option<usize>, i32> = HashMap::new();
    let mut goals = Vec::new();
    for n in 0..all.len() {
        let parent = match dice.below(4) {
            0 => None,
            _ if n == 0 => None,
            _ => Some(dice.below(n)),
        };
        let place = next.entry(parent).or_default();
        goals.push((parent, *place));
        *place += 1;
    }
    for key in &removed {
        session.remove(*key)?;
    }
    for (n, (parent, place)) in goals.iter().enumerate() {
        let parent = parent.map(|parent| all[parent]);
        if keys.contains(&all[n]) {
            let branch = &mut session[all[n]];
            branch.parent = parent.map(Into::into);
            branch.place = *place;
        } else {
            let draft = session.draft_mut(all[n])?;
            draft.parent = parent.map(Into::into);
            draft.place = *place;
        }
    }
    let case = format!(
        "{} kept, {} removed, {added} added -> {goals:?}",
        keys.len(),
        removed.len()
    );
    if let Err(error) = session.commit().await {
        *session = db.session();
        return Ok(Err(format!("{case}: {error}")));
    }
    let stored: HashMap<i64, Branch> = Branch::query()
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let is_right = stored.len() == all.len()
        && all.iter().zip(&goals).all(|(key, (parent, place))| {
            let branch = &session[*key];
            let parent = parent.map(|parent| session[all[parent]].id);
            let own = branch.parent.as_ref().map(BelongsTo::key);
            own == parent && branch.place == *place && stored.get(&branch.id) == Some(branch)
        });
    Ok(if is_right {
        Ok(())
    } else {
        Err(format!("{case}: {stored:?}"))
    })
}

on_every_database! {
    async fn rows_come_to_any_state_however_few_values_there_are(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Player]).await?;
        let (mut dice, mut wrong) = (Dice(7), Vec::new());
        let mut session = db.session();
        for _ in 0..150 {
            wrong.extend(players(&mut session, &mut dice, db).await?.err());
        }
        assert!(wrong.is_empty(), "{} of them: {:#?}", wrong.len(), &wrong[..wrong.len().min(3)]);
    }

    async fn ordered_branches_move_about(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Branch]).await?;
        let (mut dice, mut wrong) = (Dice(11), Vec::new());
        let mut session = db.session();
        for _ in 0..150 {
            wrong.extend(branches(&mut session, &mut dice, db).await?.err());
        }
        assert!(wrong.is_empty(), "{} of them: {:#?}", wrong.len(), &wrong[..wrong.len().min(3)]);
    }

    /// What a row of both circles takes is free, and what it gives up is the one value that another can be parked at.
    async fn circles_of_two_unique_sets_that_cross_in_one_row_are_cut(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Player]).await?;
        use Suit::{Clubs, Diamonds, Hearts, Spades};
        // Three rows before and after, a row that is removed, and one that is added.
        type Case = ([Seat; 3], [Seat; 3], Option<Seat>, Option<Seat>);
        let cases: [Case; 3] = [
            (
                [(Clubs, 0, 1), (Diamonds, 0, 2), (Spades, 1, 0)],
                [(Hearts, 0, 2), (Spades, 0, 1), (Diamonds, 1, 3)],
                None,
                None,
            ),
            (
                [(Diamonds, 0, 0), (Clubs, 1, 2), (Spades, 0, 2)],
                [(Hearts, 1, 2), (Spades, 0, 3), (Clubs, 0, 0)],
                Some((Hearts, 1, 0)),
                Some((Diamonds, 1, 1)),
            ),
            (
                [(Clubs, 0, 0), (Hearts, 1, 2), (Spades, 1, 3)],
                [(Hearts, 1, 3), (Clubs, 0, 1), (Diamonds, 1, 2)],
                Some((Diamonds, 1, 0)),
                Some((Spades, 1, 0)),
            ),
        ];
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let new = |(suit, table_number, place): Seat| NewPlayer { suit, table_number, place, version: None };
        let mut wrong = Vec::new();
        for (n, (before, after, removed, added)) in cases.into_iter().enumerate() {
            for order in orders {
                Player::query().unfiltered().delete().execute(db).await?;
                let mut session = db.session();
                let keys = order.map(|at| session.add(new(before[at])));
                let gone = removed.map(|seat| session.add(new(seat)));
                session.commit().await?;
                for (key, at) in keys.into_iter().zip(order) {
                    let player = &mut session[key];
                    (player.suit, player.table_number, player.place) = after[at];
                }
                if let Some(gone) = gone {
                    session.remove(gone)?;
                }
                added.map(|seat| session.add(new(seat)));
                if let Err(error) = session.commit().await {
                    wrong.push(format!("case {n}, order {order:?}: {error}"));
                    continue;
                }
                let stored = Player::query().order_by(Player::id).all(db).await?;
                let expected: Vec<Seat> = order.iter().map(|at| after[*at]).chain(added).collect();
                if !expected.iter().all(|seated| stored.iter().any(|player| seat(player) == *seated)) {
                    wrong.push(format!("case {n}, order {order:?}: {stored:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of them: {wrong:#?}", wrong.len());
    }
}
