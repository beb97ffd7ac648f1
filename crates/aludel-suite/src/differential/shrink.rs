//! Smaller cases: without a condition, or with one of its parts in its place.

use super::case::{Case, Verb};
use super::tree::{Agg, Cond, Field, Sort, Term};

impl Case {
    /// Cases that are this one with something less.
    pub fn smaller(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut with = |change: &dyn Fn(&mut Case)| {
            let mut case = self.clone();
            change(&mut case);
            cases.push(case);
        };
        if self.unscoped {
            with(&|case| case.unscoped = false);
        }
        for at in 0..self.filter.len() {
            with(&|case| drop(case.filter.remove(at)));
        }
        for at in 0..self.exclude.len() {
            with(&|case| drop(case.exclude.remove(at)));
        }
        for at in 0..self.order.len() {
            with(&|case| drop(case.order.remove(at)));
        }
        for verb in self.verb.smaller() {
            with(&|case| case.verb = verb.clone());
        }
        for (at, cond) in self.filter.iter().enumerate() {
            for cond in cond.smaller() {
                with(&|case| case.filter[at] = cond.clone());
            }
        }
        for (at, cond) in self.exclude.iter().enumerate() {
            for cond in cond.smaller() {
                with(&|case| case.exclude[at] = cond.clone());
            }
        }
        for (at, by) in self.order.iter().enumerate() {
            for term in by.term.smaller() {
                with(&|case| case.order[at].term = term.clone());
            }
        }
        cases
    }
}

impl Verb {
    fn smaller(&self) -> Vec<Verb> {
        match self {
            Verb::Values(terms) if terms.len() > 1 => {
                let alone = terms.iter().map(|term| Verb::Values(vec![term.clone()]));
                alone.collect()
            }
            Verb::Values(terms) => {
                let smaller = terms.iter().flat_map(Term::smaller);
                smaller.map(|term| Verb::Values(vec![term])).collect()
            }
            Verb::Totals(of) if of.len() > 1 => {
                let alone = of.iter().map(|of| Verb::Totals(vec![of.clone()]));
                alone.collect()
            }
            Verb::Groups {
                by,
                having,
                order,
                of,
            } => {
                let mut verbs = Vec::new();
                let mut push =
                    |by: &[&'static Field], having: Option<Cond>, order: &[Sort], of: &[Agg]| {
                        verbs.push(Verb::Groups {
                            by: by.to_vec(),
                            having,
                            order: order.to_vec(),
                            of: of.to_vec(),
                        });
                    };
                if by.len() > 1 {
                    push(&by[..1], having.clone(), order, of);
                    push(&by[1..], having.clone(), order, of);
                }
                if having.is_some() {
                    push(by, None, order, of);
                }
                if !order.is_empty() {
                    push(by, having.clone(), &[], of);
                }
                if !of.is_empty() {
                    push(by, having.clone(), order, &of[1..]);
                    push(by, having.clone(), order, &of[..of.len() - 1]);
                }
                verbs
            }
            Verb::Update(target, to, limit) => {
                let smaller = to.smaller().into_iter();
                let smaller = smaller.map(|to| Verb::Update(*target, to, *limit));
                let unlimited = limit.map(|_| Verb::Update(*target, to.clone(), None));
                unlimited.into_iter().chain(smaller).collect()
            }
            Verb::Delete(Some(_)) => vec![Verb::Delete(None)],
            Verb::Dynamic {
                lookups,
                order,
                limit,
            } => {
                let fewer = (0..lookups.len()).map(|at| {
                    let mut lookups = lookups.clone();
                    lookups.remove(at);
                    (lookups, order.clone())
                });
                let unordered = order
                    .first()
                    .map(|_| (lookups.clone(), order[1..].to_vec()));
                let all = fewer.chain(unordered);
                all.map(|(lookups, order)| Verb::Dynamic {
                    lookups,
                    order,
                    limit: *limit,
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The smaller parts of a thing, each put back in its place.
fn within<T, R>(parts: Vec<T>, make: impl Fn(T) -> R) -> impl Iterator<Item = R> {
    parts.into_iter().map(make)
}

impl Term {
    /// Terms of the same kind that are this one with something less.
    pub fn smaller(&self) -> Vec<Term> {
        let one = |of: &Term, make: &dyn Fn(Box<Term>) -> Term| {
            let mut terms = Vec::new();
            if of.kind() == self.kind() {
                terms.push(of.clone());
            }
            terms.extend(within(of.smaller(), |of| make(Box::new(of))));
            terms
        };
        let two = |of: &(Term, Term), make: &dyn Fn(Box<(Term, Term)>) -> Term| {
            let (left, right) = of;
            let mut terms = vec![left.clone(), right.clone()];
            let smaller = within(left.smaller(), |left| make(Box::new((left, right.clone()))));
            terms.extend(smaller);
            let smaller = within(right.smaller(), |right| {
                make(Box::new((left.clone(), right)))
            });
            terms.extend(smaller);
            terms
        };
        match self {
            Term::Math(math, of) => two(of, &|of| Term::Math(*math, of)),
            Term::Pair(pair, of) => two(of, &|of| Term::Pair(*pair, of)),
            Term::Concat(of) => two(of, &Term::Concat),
            Term::Minus(of) => one(of, &Term::Minus),
            Term::Call(call, of) => one(of, &|of| Term::Call(*call, of)),
            Term::Part(of, from, count) => one(of, &|of| Term::Part(of, *from, *count)),
            Term::Replace(of, what, with) => one(of, &|of| Term::Replace(of, what, with)),
            Term::Case(of) => {
                let (cond, then, other) = &**of;
                let mut terms = vec![then.clone(), other.clone()];
                terms.extend(within(cond.smaller(), |cond| {
                    Term::Case(Box::new((cond, then.clone(), other.clone())))
                }));
                terms
            }
            Term::When(of) => {
                let (cond, then) = &**of;
                let mut terms = vec![then.clone()];
                terms.extend(within(cond.smaller(), |cond| {
                    Term::When(Box::new((cond, then.clone())))
                }));
                terms
            }
            Term::Count(relation, Some(only)) => {
                let mut terms = vec![Term::Count(*relation, None)];
                terms.extend(within(only.smaller(), |only| {
                    Term::Count(*relation, Some(Box::new(only)))
                }));
                terms
            }
            Term::Over(fold, relation, of) => within(of.smaller(), |of| {
                Term::Over(*fold, *relation, Box::new(of))
            })
            .collect(),
            _ => Vec::new(),
        }
    }
}

impl Cond {
    /// Conditions that are this one with something less.
    pub fn smaller(&self) -> Vec<Cond> {
        let one = |of: &Term, make: &dyn Fn(Term) -> Cond| -> Vec<Cond> {
            within(of.smaller(), make).collect()
        };
        let inner = |of: &Cond, make: &dyn Fn(Box<Cond>) -> Cond| -> Vec<Cond> {
            within(of.smaller(), |of| make(Box::new(of))).collect()
        };
        match self {
            Cond::Truth(_) => Vec::new(),
            Cond::Compare(cmp, left, right) => {
                let mut conds = one(left, &|left| Cond::Compare(*cmp, left, right.clone()));
                conds.extend(one(right, &|right| {
                    Cond::Compare(*cmp, left.clone(), right)
                }));
                conds
            }
            Cond::IsNull(of) => one(of, &Cond::IsNull),
            Cond::IsNotNull(of) => one(of, &Cond::IsNotNull),
            Cond::Between(of) => {
                let (value, low, high) = &**of;
                one(value, &|value| {
                    Cond::Between(Box::new((value, low.clone(), high.clone())))
                })
            }
            Cond::In(of, values) => one(of, &|of| Cond::In(of, values.clone())),
            Cond::NotIn(of, values) => one(of, &|of| Cond::NotIn(of, values.clone())),
            Cond::InQuery(of, sub) => {
                let mut conds = one(of, &|of| Cond::InQuery(of, sub.clone()));
                if sub.filter.is_some() {
                    let mut sub = sub.clone();
                    sub.filter = None;
                    conds.push(Cond::InQuery(of.clone(), sub));
                }
                conds
            }
            Cond::NotInQuery(of, sub) => {
                let mut conds = one(of, &|of| Cond::NotInQuery(of, sub.clone()));
                if sub.filter.is_some() {
                    let mut sub = sub.clone();
                    sub.filter = None;
                    conds.push(Cond::NotInQuery(of.clone(), sub));
                }
                conds
            }
            Cond::Text(how, insensitive, of, pattern) => one(of, &|of| {
                Cond::Text(*how, *insensitive, of, pattern.clone())
            }),
            Cond::And(of) => listed(of, Cond::And),
            Cond::Or(of) => listed(of, Cond::Or),
            Cond::Not(of) => {
                let mut conds = vec![(**of).clone()];
                conds.extend(inner(of, &Cond::Not));
                conds
            }
            Cond::Any(relation, of) => inner(of, &|of| Cond::Any(*relation, of)),
            Cond::All(relation, of) => inner(of, &|of| Cond::All(*relation, of)),
            Cond::None(relation, of) => inner(of, &|of| Cond::None(*relation, of)),
        }
    }
}

/// Each member alone, the list without one, and the list with one that is smaller.
fn listed(of: &[Cond], make: fn(Vec<Cond>) -> Cond) -> Vec<Cond> {
    let mut conds = of.to_vec();
    for (at, member) in of.iter().enumerate() {
        if of.len() > 2 {
            let mut fewer = of.to_vec();
            fewer.remove(at);
            conds.push(make(fewer));
        }
        conds.extend(within(member.smaller(), |member| {
            let mut of = of.to_vec();
            of[at] = member;
            make(of)
        }));
    }
    conds
}
