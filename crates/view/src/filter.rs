//! Which accounts of the list somebody wants to see, and which are near.

use protocol::{Record, RecordId};

use crate::cadence::Due;
use crate::timeline::{Clock, made_at};
use crate::{View, fold};
use engine::Place;

/// Which accounts are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
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
    /// Owned by somebody of one of these names.
    OwnedBy(Vec<String>),
}

impl View {
    /// Whether an account is wanted.
    pub fn passes(&self, account: &Record, filter: &Filter, clock: Clock) -> bool {
        match filter {
            Filter::Due => {
                let due = self.due(account.id, clock);
                matches!(due, Due::Overdue { .. } | Due::Never | Due::FollowUp { .. })
            }
            Filter::Overdue => matches!(self.due(account.id, clock), Due::Overdue { .. }),
            Filter::NeverVisited => self.last_visit(account.id, clock).is_none(),
            Filter::New => {
                let made = clock.wall_of_ms(made_at(account)).date();
                (clock.now.date() - made).get_days() < NEW_DAYS
            }
            Filter::Waiting => self.place(account.id) != Place::Web,
            Filter::OwnedBy(names) => {
                let owner = account.fields.text("owner").map(|owner| fold(owner.trim()));
                owner.is_some_and(|owner| names.iter().any(|name| fold(name) == owner))
            }
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

const EARTH_METRES: f64 = 6_371_008.8;
const NEW_DAYS: i32 = 7;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use protocol::Kind;
    use protocol::schema::DateTime;

    const CLOCK: Clock = Clock { now: DateTime::constant(2026, 11, 26, 9, 0, 0, 0), ahead_minutes: -300 };
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
        let ana = Filter::OwnedBy(vec!["Ana Ruiz".to_owned(), "ana@x.example".to_owned()]);
        for (filter, expected) in [
            (Filter::Due, vec![1, 2]),
            (Filter::Overdue, vec![1]),
            (Filter::NeverVisited, vec![2, 3, 4]),
            (Filter::New, vec![2]),
            (Filter::Waiting, vec![3, 4]),
            (ana, vec![1, 3]),
        ] {
            let all = view.of_kind(Kind::Account);
            let passing = all.filter(|account| view.passes(account, &filter, CLOCK));
            let passing: Vec<u128> = passing.map(|account| account.id.0.as_u128()).collect();
            assert_eq!(passing, expected, "{filter:?}");
        }
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
