//! What the screen's questions cost over 100,000 records and 300,000 notes: `cargo bench -p view`. Memory is told on
//! Linux alone.

use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use engine::{Place, Shown};
use protocol::schema::Date;
use protocol::{Kind, Record, RecordId, TerritoryId};
use uuid::Uuid;
use view::facets::Facet;
use view::figures::By;
use view::filter::{Asker, Show, Sort, Wanted};
use view::timeline::Clock;
use view::zone::{Zone, changes};
use view::{Search, View, brief, figures, pipeline, timeline};

fn main() {
    let mut state = 7_u64;
    let mut below = move |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let syllables =
        ["ka", "ren", "mo", "sil", "ver", "ta", "lin", "bor", "es", "qua", "dri", "hol", "ny", "pe"];
    let mut vocabulary =
        vec!["mercy", "hospital", "clinic", "rehab", "discharge", "referral", "wound", "therapy"]
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
    for _ in 0..20_000 {
        vocabulary.push((0..2 + below(3)).map(|_| syllables[below(14)]).collect());
    }
    let today = Date::constant(2026, 11, 25);
    // As many changes of the clocks as a phone knows.
    let summer = |minute: i64| if (70..305).contains(&(minute / 1_440 % 365)) { -240 } else { -300 };
    let zone = Zone::new(-300, changes(21_038_400, 36_816_480, summer).leak());
    let clock = Clock { now: today.at(9, 0, 0, 0), zone };
    let mut view = View::default();
    let mut made: Vec<Shown> = Vec::new();
    // Common words are common: a square of chance.
    let mut sentence = |count: usize| {
        let word = |_| {
            let share = below(1 << 12) * below(1 << 12) / (1 << 12);
            vocabulary[share * vocabulary.len() / (1 << 12)].as_str()
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    };
    for n in 0..400_000_u128 {
        let about = text(n % 40_000);
        let number = format!("({:03}) 555-{:04}", n % 900 + 100, n % 10_000);
        made.push(match n {
            0..40_000 => shown(
                Kind::Account,
                n,
                &[
                    ("name", &sentence(3)),
                    ("city", &sentence(1)),
                    ("phone", &number),
                    ("frequency", if n % 100 == 0 { "monthly" } else { "" }),
                    ("rating", if n % 10 == 0 { ["A", "B", "C", "D"][(n / 10 % 4) as usize] } else { "" }),
                    ("owner", if n % 3 == 0 { "Ana Ruiz" } else { "" }),
                ],
            ),
            40_000..80_000 => {
                shown(Kind::Contact, n, &[("name", &sentence(2)), ("account", &about), ("mobile", &number)])
            }
            80_000..90_000 => {
                // Three years of referrals.
                let days = u32::try_from(n % 1_095).unwrap_or_default();
                let referred = pipeline::days_before(today, days).to_string();
                let (stage, decision, reason) = match n % 4 {
                    0 if days < 20 => ("review", "", ""),
                    1 => ("nonadmit", "declined", "staffing"),
                    _ => ("admitted", "accepted", ""),
                };
                let person = text(40_000 + n % 40_000);
                let set = [
                    ("patient", "A.B."),
                    ("account", about.as_str()),
                    ("contact", person.as_str()),
                    ("physician", ["Dr. Ode", "Dr. Ahn", ""][(n % 3) as usize]),
                    ("payer", ["Medicare", "Medicaid", "Private insurance", ""][(n % 4) as usize]),
                    ("room", &sentence(1)),
                    ("referred", referred.as_str()),
                    ("stage", stage),
                    ("decision", decision),
                    ("reason", reason),
                ];
                shown(Kind::Referral, n, &set)
            }
            90_000..100_000 => shown(Kind::Event, n, &[("subject", &sentence(4)), ("account", &about)]),
            _ => {
                // The first account has a long history.
                let about = if n % 400 == 0 { text(0) } else { about };
                let written = format!("2026-{:02}-{:02}T15:00:00.000Z", n % 11 + 1, n % 28 + 1);
                let set = [("text", sentence(20)), ("account", about), ("written", written)];
                shown(Kind::Note, n, &set.each_ref().map(|(name, text)| (*name, text.as_str())))
            }
        });
        if n == 99_999 {
            view.apply(&made);
            made.clear();
            made.shrink_to_fit();
            println!("100,000 records: {} MB in use", resident_mb());
        }
    }
    view.apply(&made);
    drop(made);
    println!("and 300,000 notes: {} MB in use", resident_mb());
    let mut pieces = Vec::new();
    let begun = Instant::now();
    loop {
        let piece = Instant::now();
        let is_more = view.read_on(500);
        pieces.push(piece.elapsed());
        if !is_more {
            break;
        }
    }
    println!("built in {:?}, {} MB", begun.elapsed(), view.index_bytes() / 1_000_000);
    let told = |name: &str, times: &mut Vec<Duration>| {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 1_000];
        println!("{name}: n {} p50 {:?} p99 {:?} most {:?}", times.len(), at(500), at(990), at(1_000));
    };
    told("a piece of 500 records", &mut pieces);
    let mut keys = Vec::new();
    for query in (0..200)
        .map(|_| sentence(2))
        .chain(["mecry hosptial", "775 555 0101", "\u{1f600} rehab"].map(str::to_owned))
    {
        for (end, c) in query.char_indices() {
            let typed = &query[..end + c.len_utf8()];
            let key = Instant::now();
            black_box(view.find(typed, 5));
            keys.push(key.elapsed());
        }
    }
    told("a keystroke", &mut keys);
    let mut histories = timed(200, |at| timeline::timeline(&view, id(at % 40_000), clock).len());
    told("a history", &mut histories);
    let mut long = timed(20, |_| timeline::timeline(&view, id(0), clock).len());
    told("the longest history, 758 moments", &mut long);
    let mut day = timed(20, |_| brief::day_of(&view, "Rep", clock).due.len());
    told("what Home asks at each change", &mut day);
    let mut charts = timed(20, |_| {
        let cases = pipeline::cases(&view, clock);
        let (rolling, (monday, sunday)) = (figures::rolling_from(today), figures::three_months(today));
        let rates = [By::Account, By::Payer, By::Rep].map(|by| (by, rolling, today));
        let tops = [By::Account, By::Contact, By::Physician].map(|by| (by, monday, sunday));
        let group = |(by, from, to)| figures::groups(&view, &cases, by, from, to).len();
        let groups = rates.into_iter().chain(tops).map(group).sum();
        let counts = [
            figures::weekly(&cases, today).len(),
            figures::conversion(&cases, today).len(),
            figures::reasons(&cases, rolling, today).len(),
            figures::aging(&cases, today).len(),
            groups,
            figures::pending(&view, &cases, clock).len(),
            figures::coverage(&view, clock).len(),
        ];
        counts.into_iter().sum()
    });
    told("all charts, three years of referrals", &mut charts);
    drop(view);
    narrowing(clock, &told);
}

/// A list of 100,000 accounts in 400 cities, half of them visited, and what a tap in its filters costs.
fn narrowing(clock: Clock, told: &impl Fn(&str, &mut Vec<Duration>)) {
    const ACCOUNTS: u128 = 100_000;
    let mut view = View::default();
    let accounts = (0..ACCOUNTS).map(|n| {
        let city = match n % 3 {
            0 => format!("SAINT CITY {}", n % 400),
            1 => format!("St. City {}", n % 400),
            _ => format!("Saint City {}", n % 400),
        };
        let set = [
            ("name", format!("Place {}", n * 7_919 % ACCOUNTS)),
            ("city", city),
            ("type", format!("Kind {}", n % 17)),
            ("rating", ["A", "B", "C", "D", ""][(n % 5) as usize].to_owned()),
            ("frequency", ["weekly", "monthly", "quarterly", ""][(n % 4) as usize].to_owned()),
        ];
        shown(Kind::Account, n, &set.each_ref().map(|(name, text)| (*name, text.as_str())))
    });
    let notes = (0..ACCOUNTS / 2).map(|n| {
        let written = format!("2026-{:02}-{:02}T15:00:00.000Z", n % 11 + 1, n % 28 + 1);
        let set = [("text", "seen"), ("account", &*text(n * 2)), ("written", &*written)];
        shown(Kind::Note, ACCOUNTS + n, &set)
    });
    view.apply(&accounts.chain(notes).collect::<Vec<_>>());
    let asker = Asker::new(clock, &["Rep".to_owned()]);
    let list = view.accounts();
    let all = || 0..list.len() as u32;
    let mut wanted = Wanted::default();
    told("the counts of all filters, none chosen", &mut timed(20, |_| list.offers(all(), &wanted)[2].len()));
    for (facet, value) in [(Facet::Rating, "A"), (Facet::Type, "Kind 3"), (Facet::City, "st city 7")] {
        wanted.toggle(facet, value);
    }
    told("the counts of all filters, three chosen", &mut timed(20, |_| list.offers(all(), &wanted)[2].len()));
    told("what three filters leave", &mut timed(20, |_| list.narrowed(all(), &wanted).len()));
    told("the overdue of the list", &mut timed(20, |_| view.shown(all(), Show::Overdue, &asker).len()));
    let mut longest = timed(20, |_| {
        let mut ids = list.ids(0..list.len());
        view.sort_accounts(&mut ids, Sort::LongestAgo, &asker);
        ids.len()
    });
    told("the list by the last visit", &mut longest);
    let mut search = Search::default();
    let keys = ["p", "pl", "pla", "place 7", "place 77", "", "city 3"];
    told(
        "a key of the list's search",
        &mut timed(70, |at| list.found(&mut search, keys[at as usize % 7]).len()),
    );
}

/// So many times of a question.
fn timed(times: u128, mut ask: impl FnMut(u128) -> usize) -> Vec<Duration> {
    let once = |at| {
        let begun = Instant::now();
        black_box(ask(at));
        begun.elapsed()
    };
    (0..times).map(once).collect()
}

/// What the process holds of the memory.
fn resident_mb() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0_usize);
    pages * 4_096 / 1_000_000
}

fn id(n: u128) -> RecordId {
    RecordId(Uuid::from_u128(n))
}

fn text(n: u128) -> String {
    id(n).0.to_string()
}

fn shown(kind: Kind, n: u128, fields: &[(&str, &str)]) -> Shown {
    let record = Record {
        id: id(n),
        kind,
        territory: TerritoryId::new("north"),
        version: 1,
        deleted: false,
        by: String::new(),
        at: 0,
        fields: fields.iter().copied().filter(|(_, text)| !text.is_empty()).collect(),
    };
    Shown { id: id(n), record: Some(Rc::new(record)), place: Place::Web }
}
