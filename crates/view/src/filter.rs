//! Which accounts of the list somebody wants to see and in which order, and which are near.

use std::collections::BTreeMap;

use protocol::schema::Date;
use protocol::{Record, RecordId};

use crate::cadence::Due;
use crate::facets::{FACETS, Facet};
use crate::timeline::{Clock, made_at};
use crate::{View, fold};
use engine::Place;

/// One of the ready-made views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Every account.
    #[default]
    All,
    /// The next visit should have been, is near, or nobody has been there yet.
    Due,
    /// The next visit should have been.
    Overdue,
    /// Nobody has been there.
    NeverVisited,
    /// Made within the last seven days.
    New,
    /// Not on the web, or not as it is here.
    Waiting,
    /// Owned by the one who asks.
    Mine,
}

/// All of them, in their order.
pub const SHOWS: [Show; 7] =
    [Show::All, Show::Due, Show::Overdue, Show::NeverVisited, Show::New, Show::Waiting, Show::Mine];

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// Where nobody has been for the longest time comes first; by name where nobody ever was.
    LongestAgo,
    /// The way there, shortest first; those that are on no map are left out.
    Nearest,
}

/// All of them, in the order in which they are asked.
pub const SORTS: [Sort; 3] = [Sort::Name, Sort::LongestAgo, Sort::Nearest];

/// What somebody wants to see: every part of it must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The ready-made view.
    pub show: Show,
    /// In which order.
    pub sort: Sort,
    /// The chosen values of each facet, by what their spellings have in common.
    chosen: [BTreeMap<String, String>; 4],
}

/// Who asks, and when.
#[derive(Clone, Debug)]
pub struct Asker {
    clock: Clock,
    /// The names under which an account may be owned, folded.
    names: Vec<String>,
}

impl Show {
    /// Its name in an address; all is what an address without one means.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Due => Some("due"),
            Self::Overdue => Some("overdue"),
            Self::NeverVisited => Some("never"),
            Self::New => Some("new"),
            Self::Waiting => Some("waiting"),
            Self::Mine => Some("mine"),
        }
    }
}

impl Sort {
    /// Its name in an address; by name is what an address without one means.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Name => None,
            Self::LongestAgo => Some("longest"),
            Self::Nearest => Some("near"),
        }
    }
}

impl Wanted {
    /// Whether the whole list is wanted, as it is.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether any account may be left out.
    pub fn narrows(&self) -> bool {
        self.show != Show::All || self.chosen.iter().any(|chosen| !chosen.is_empty())
    }

    /// Whether both leave the same accounts in the same order, however their values are spelled.
    pub fn is_same(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&BTreeMap<String, String>, &BTreeMap<String, String>)| a.keys().eq(b.keys());
        self.show == other.show
            && self.sort == other.sort
            && self.chosen.iter().zip(&other.chosen).all(is_same)
    }

    /// The same of another ready-made view.
    #[must_use]
    pub fn showing(mut self, show: Show) -> Self {
        self.show = show;
        self
    }

    /// The same in another order.
    #[must_use]
    pub fn sorted(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// The chosen values of a facet, by what their spellings have in common.
    pub const fn chosen(&self, facet: Facet) -> &BTreeMap<String, String> {
        &self.chosen[facet as usize]
    }

    /// Chooses a value, or no longer.
    pub fn toggle(&mut self, facet: Facet, value: &str) {
        let chosen = &mut self.chosen[facet as usize];
        let key = facet.key(value);
        if chosen.remove(&key).is_none() {
            chosen.insert(key, value.to_owned());
        }
    }

    /// As an address carries it.
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let show = self.show.name().map(|name| (SHOW, name.to_owned()));
        let sort = self.sort.name().map(|name| (SORT, name.to_owned()));
        let values =
            |facet: Facet| self.chosen(facet).values().map(move |value| (facet.name(), value.clone()));
        show.into_iter().chain(FACETS.into_iter().flat_map(values)).chain(sort).collect()
    }

    /// Out of an address, in which a name may stand several times. What does not read is left out.
    pub fn of_pairs(texts: impl Fn(&str) -> Vec<String>) -> Self {
        let first = |name| texts(name).into_iter().next();
        // Links of earlier versions say it in another word.
        let show = first(SHOW).or_else(|| first("due"));
        let sort = first(SORT);
        let mut wanted = Self {
            show: SHOWS.into_iter().find(|it| it.name() == show.as_deref()).unwrap_or_default(),
            sort: SORTS.into_iter().find(|it| it.name() == sort.as_deref()).unwrap_or_default(),
            ..Self::default()
        };
        for facet in FACETS {
            for value in texts(facet.name()) {
                let value = value.trim();
                wanted.chosen[facet as usize].insert(facet.key(value), value.to_owned());
            }
        }
        wanted
    }
}

impl Asker {
    /// Somebody who may be named in these ways.
    pub fn new(clock: Clock, names: &[String]) -> Self {
        Self { clock, names: names.iter().map(|name| fold(name.trim())).collect() }
    }
}

impl View {
    /// Whether an account belongs into a ready-made view.
    pub fn passes(&self, account: &Record, show: Show, asker: &Asker) -> bool {
        let clock = asker.clock;
        match show {
            Show::All => true,
            Show::Due => {
                let due = self.due(account.id, clock);
                matches!(due, Due::Overdue { .. } | Due::Never | Due::FollowUp { .. })
            }
            Show::Overdue => matches!(self.due(account.id, clock), Due::Overdue { .. }),
            Show::NeverVisited => self.last_visit(account.id, clock).is_none(),
            Show::New => {
                let made = clock.wall_of_ms(made_at(account)).date();
                (clock.now.date() - made).get_days() < NEW_DAYS
            }
            Show::Waiting => self.place(account.id) != Place::Web,
            Show::Mine => {
                let owner = account.fields.text("owner").map(|owner| fold(owner.trim()));
                owner.is_some_and(|owner| asker.names.contains(&owner))
            }
        }
    }

    /// The positions in the list of accounts, of these, that belong into a ready-made view.
    pub fn shown(&self, among: impl Iterator<Item = u32>, show: Show, asker: &Asker) -> Vec<u32> {
        let passes = |(id, _): &(RecordId, u32)| {
            self.record(*id).is_some_and(|account| self.passes(account, show, asker))
        };
        let walk = in_order_of_ids(among.map(|at| (self.accounts().id(at), at)));
        let mut shown: Vec<u32> = walk.into_iter().filter(passes).map(|(_, at)| at).collect();
        shown.sort_unstable();
        shown
    }

    /// Puts accounts that are sorted by name into an order that needs no place: the longest time since the last visit
    /// first, or as they are.
    pub fn sort_accounts(&self, accounts: &mut Vec<RecordId>, sort: Sort, asker: &Asker) {
        if sort == Sort::LongestAgo {
            let walk = in_order_of_ids(accounts.drain(..).zip(0..));
            let last = |(id, at)| (self.last_visit(id, asker.clock), at, id);
            // Nothing is before every day, and within a day the names stay sorted.
            let mut dated: Vec<(Option<Date>, u32, RecordId)> = walk.into_iter().map(last).collect();
            dated.sort_unstable();
            accounts.extend(dated.into_iter().map(|(.., id)| id));
        }
    }

    /// Those of these accounts whose place on the map is known, the nearest first, with the way in metres as a bird
    /// flies it.
    pub fn near(&self, ids: impl IntoIterator<Item = RecordId>, here: (f64, f64)) -> Vec<(RecordId, f64)> {
        let known = ids.into_iter().filter_map(|id| Some((id, metres(here, degrees(self.record(id)?)?))));
        let mut known: Vec<_> = known.collect();
        // A stable order: those in one place stay sorted by name.
        known.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        known
    }
}

/// What is asked one after the other lies side by side in memory: a list of 100,000 is walked several times faster.
fn in_order_of_ids(accounts: impl Iterator<Item = (RecordId, u32)>) -> Vec<(RecordId, u32)> {
    let mut walk: Vec<(RecordId, u32)> = accounts.collect();
    walk.sort_unstable();
    walk
}

/// Where an account is, in degrees of latitude and longitude.
fn degrees(account: &Record) -> Option<(f64, f64)> {
    let read = |name, most: f64| {
        let degrees: f64 = account.fields.text(name)?.trim().parse().ok()?;
        (degrees.abs() <= most).then_some(degrees)
    };
    Some((read("lat", 90.0)?, read("lon", 180.0)?))
}

/// How far it is along the earth, by the haversine of the angle between.
fn metres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half_chord = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let across = from.0.to_radians().cos() * to.0.to_radians().cos() * half_chord(from.1, to.1);
    2.0 * EARTH_METRES * (half_chord(from.0, to.0) + across).clamp(0.0, 1.0).sqrt().asin()
}

const SHOW: &str = "show";
const SORT: &str = "sort";
const EARTH_METRES: f64 = 6_371_008.8;
const NEW_DAYS: i32 = 7;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use protocol::Kind;
    use protocol::schema::DateTime;

    const CLOCK: Clock = Clock::fixed(DateTime::constant(2026, 11, 26, 9, 0, 0, 0), -300);
    /// 2026-11-20 at five o'clock UTC: midnight by the clock on the wall.
    const FIRST_NEW_MS: i64 = 1_795_150_800_000;

    #[test]
    fn each_filter_shows_what_it_says() {
        let made = |n, at, fields: &[(&str, &str)]| {
            let mut shown = account(n, fields);
            if let Some(record) = shown.record.as_mut().and_then(std::rc::Rc::get_mut) {
                record.at = at;
            }
            shown
        };
        let seen = id(1).0.to_string();
        let mut view = View::default();
        view.apply(&[
            made(1, 0, &[("name", "A"), ("frequency", "weekly"), ("owner", " ANA Ruiz")]),
            made(2, FIRST_NEW_MS, &[("name", "B"), ("frequency", "weekly")]),
            Shown {
                place: Place::Phone,
                ..made(3, FIRST_NEW_MS - 1, &[("name", "C"), ("owner", "ana@x.example")])
            },
            Shown { place: Place::NeedsYou, ..made(4, 0, &[("name", "D"), ("owner", "Ben")]) },
            shown(
                Kind::Note,
                9,
                &[("text", "t"), ("account", &seen), ("written", "2026-10-01T17:30:00.000Z")],
            ),
        ]);
        let ana = Asker::new(CLOCK, &["Ana Ruiz ".to_owned(), "ana@x.example".to_owned()]);
        for (show, expected) in SHOWS.into_iter().zip([
            vec![1, 2, 3, 4],
            vec![1, 2],
            vec![1],
            vec![2, 3, 4],
            vec![2],
            vec![3, 4],
            vec![1, 3],
        ]) {
            let passing = view.shown(0..4, show, &ana).into_iter();
            let passing: Vec<u128> = passing.map(|at| view.accounts().id(at).0.as_u128()).collect();
            assert_eq!(passing, expected, "{show:?}");
        }
    }

    #[test]
    fn an_address_says_what_is_wanted_and_reads_as_it_was_written() {
        for (address, written) in [
            ("", ""),
            ("show=overdue&rating=A", "show=overdue&rating=A"),
            // A link of an earlier version, an order of the rep's, and values in any order.
            ("due=due", "show=due"),
            ("sort=near&city=Reno&type=Hospital", "type=Hospital&city=Reno&sort=near"),
            ("city=Reno&city=Elko&city=RENO", "city=Elko&city=RENO"),
            ("rating=", "rating="),
            ("city= Saint Albans ", "city=Saint Albans"),
            ("territory=north&sort=longest", "territory=north&sort=longest"),
            ("show=nonsense&sort=nonsense&colour=red", ""),
        ] {
            let read = |address: &str| {
                let pairs: Vec<(String, String)> = address
                    .split('&')
                    .filter_map(|pair| pair.split_once('='))
                    .map(|(name, text)| (name.to_owned(), text.to_owned()))
                    .collect();
                Wanted::of_pairs(move |name| {
                    pairs.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect()
                })
            };
            let wanted = read(address);
            let pairs = wanted.to_pairs();
            let again: Vec<String> = pairs.iter().map(|(name, text)| format!("{name}={text}")).collect();
            assert_eq!(again.join("&"), written, "{address}");
            assert_eq!(read(written), wanted, "{address}");
            assert_eq!(wanted.is_all(), written.is_empty());
        }
    }

    #[test]
    fn choosing_a_value_again_takes_it_off_in_whatever_spelling() {
        let mut wanted = Wanted::default();
        wanted.toggle(Facet::City, "Saint Albans");
        assert!(wanted.narrows() && !wanted.is_all());
        let mut other = Wanted::default();
        other.toggle(Facet::City, "ST ALBANS");
        assert!(wanted.is_same(&other) && wanted != other);
        assert!(!wanted.is_same(&other.clone().showing(Show::Due)) && !wanted.is_same(&Wanted::default()));
        assert!(!wanted.is_same(&other.sorted(Sort::Nearest)));
        wanted.toggle(Facet::City, "ST ALBANS");
        assert!(wanted.is_all());
        wanted.sort = Sort::LongestAgo;
        assert!(!wanted.narrows() && !wanted.is_all());
    }

    #[test]
    fn the_longest_ago_come_first_and_where_nobody_was_before_them() {
        let mut view = View::default();
        let note = |n, at: u128, written: &str| {
            let at = id(at).0.to_string();
            shown(Kind::Note, n, &[("text", "t"), ("account", &at), ("written", written)])
        };
        view.apply(&[
            account(1, &[("name", "A")]),
            account(2, &[("name", "B")]),
            account(3, &[("name", "C")]),
            account(4, &[("name", "D")]),
            account(5, &[("name", "E")]),
            note(11, 1, "2026-11-20T15:00:00.000Z"),
            note(12, 3, "2026-10-01T15:00:00.000Z"),
            note(13, 4, "2026-11-20T16:00:00.000Z"),
        ]);
        let mut ids: Vec<RecordId> = (1..=5).map(id).collect();
        view.sort_accounts(&mut ids, Sort::LongestAgo, &Asker::new(CLOCK, &[]));
        assert_eq!(ids, [2, 5, 3, 1, 4].map(id));
    }

    #[test]
    fn the_nearest_come_first_and_who_is_on_no_map_is_left_out() {
        let mut view = View::default();
        let at = |n, lat, lon| account(n, &[("name", "A"), ("lat", lat), ("lon", lon)]);
        view.apply(&[
            at(1, "40.8324", "-115.7631"),
            at(2, "39.5296", "-119.8138"),
            at(3, "", ""),
            at(4, "95", "0"),
            at(5, "north", "0"),
            at(6, "39.5296", "-119.8138"),
        ]);
        let near = view.near((1..=6).map(id), (39.5296, -119.8138));
        let told: Vec<_> =
            near.iter().map(|(id, metres)| (id.0.as_u128(), (metres / 1_000.0).round())).collect();
        // Reno to Elko.
        assert_eq!(told, [(2, 0.0), (6, 0.0), (1, 373.0)]);
        assert!((metres((0.0, 179.5), (0.0, -179.5)) - 111_195.0).abs() < 10.0);
        assert!((metres((90.0, 0.0), (-90.0, 0.0)) - 20_015_114.0).abs() < 100.0);
    }
}
