//! Bytes as lines of JSON, and mutations that keep them so: odd values in the right places get further than odd
//! bytes.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

/// The values of these lines, as far as they are JSON.
pub fn values(bytes: &[u8]) -> impl Iterator<Item = Value> {
    bytes.split(|byte| *byte == b'\n').take(LINES_MAX).filter_map(|line| serde_json::from_slice(line).ok())
}

/// Changes `data[..size]` in place, a little; answers the new size. One in eight is left to `plain`, which knows
/// nothing of JSON.
pub fn mutate(
    data: &mut [u8],
    size: usize,
    size_max: usize,
    seed: u32,
    plain: impl FnOnce(&mut [u8], usize, usize) -> usize,
) -> usize {
    let mut dice = Dice(u64::from(seed));
    let mut lines: Vec<Value> = values(&data[..size]).collect();
    if dice.under(8) == 0 || lines.is_empty() {
        return plain(data, size, size_max);
    }
    for _ in 0..=dice.under(4) {
        mutate_lines(&mut lines, &mut dice);
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let text = lines.join("\n").into_bytes();
    if text.len() > size_max.min(data.len()) {
        return size;
    }
    data[..text.len()].copy_from_slice(&text);
    text.len()
}

fn mutate_lines(lines: &mut Vec<Value>, dice: &mut Dice) {
    let at = dice.under(lines.len());
    let other = dice.under(lines.len());
    match dice.under(12) {
        0 if lines.len() > 1 => {
            lines.remove(at);
        }
        1 if lines.len() < LINES_MAX => lines.insert(other, lines[at].clone()),
        2 => lines.swap(at, other),
        _ => {
            let spare = pick(&lines[other], dice).clone();
            let words: Vec<String> = words(lines).into_iter().collect();
            let nodes = count(&lines[at]);
            let node = nth(&mut lines[at], dice.under(nodes)).expect("it is one of those counted");
            mutate_node(node, spare, &words, dice);
        }
    }
}

fn mutate_node(node: &mut Value, spare: Value, words: &[String], dice: &mut Dice) {
    match node {
        _ if dice.under(6) == 0 => *node = spare,
        Value::Array(list) => mutate_list(list, spare, dice),
        Value::Object(map) => mutate_map(map, spare, words, dice),
        Value::String(text) => *text = odd_text(text, words, dice),
        Value::Number(number) => *number = odd_number(number, dice),
        Value::Bool(yes) => *yes = !*yes,
        Value::Null => *node = spare,
    }
}

fn mutate_list(list: &mut Vec<Value>, spare: Value, dice: &mut Dice) {
    if list.is_empty() {
        return list.push(spare);
    }
    let (at, other) = (dice.under(list.len()), dice.under(list.len()));
    match dice.under(16) {
        0 => list.clear(),
        1 if list.len() < LIST_MAX => list.extend(vec![list[at].clone(); 201]),
        2..6 => {
            list.remove(at);
        }
        6..10 => list.swap(at, other),
        10..14 => list.insert(at, list[other].clone()),
        _ => list.insert(at, spare),
    }
}

fn mutate_map(map: &mut Map<String, Value>, spare: Value, words: &[String], dice: &mut Dice) {
    let keys: Vec<String> = map.keys().cloned().collect();
    let some = (!keys.is_empty()).then(|| keys[dice.under(keys.len())].clone());
    let word = words.get(dice.under(words.len().max(1))).cloned().unwrap_or_default();
    match (dice.under(4), some) {
        (0, Some(key)) => {
            map.remove(&key);
        }
        (1, Some(key)) => {
            let value = map.remove(&key).expect("it is one of its keys");
            map.insert(word, value);
        }
        (2, Some(key)) => {
            map.insert(key, spare);
        }
        _ => {
            map.insert(word, spare);
        }
    }
}

fn odd_text(text: &str, words: &[String], dice: &mut Dice) -> String {
    let word = || words.get(text.len() % words.len().max(1)).cloned().unwrap_or_default();
    match dice.under(10) {
        0 => String::new(),
        1 => ODD_TEXTS[dice.under(ODD_TEXTS.len())].to_owned(),
        2 => text.to_uppercase(),
        3 => format!("{text}{text}"),
        4 => text.repeat(4 + dice.under(60)).chars().take(5_000).collect(),
        5 => text.chars().skip(1).collect(),
        6 => word(),
        _ => words.get(dice.under(words.len().max(1))).cloned().unwrap_or_default(),
    }
}

fn odd_number(number: &Number, dice: &mut Dice) -> Number {
    let plain = number.as_i64().unwrap_or_default();
    match dice.under(8) {
        0 => plain.wrapping_add(1).into(),
        1 => plain.wrapping_sub(1).into(),
        2 => plain.wrapping_neg().into(),
        3 => (dice.roll() >> dice.under(64)).into(),
        4 => Number::from_f64(0.5).expect("it is finite"),
        _ => ODD_NUMBERS[dice.under(ODD_NUMBERS.len())].into(),
    }
}

/// Every text in these lines, names of fields among them.
fn words(lines: &[Value]) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    let mut open: Vec<&Value> = lines.iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => {
                words.insert(text.clone());
            }
            Value::Array(list) => open.extend(list),
            Value::Object(map) => {
                words.extend(map.keys().cloned());
                open.extend(map.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    words
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(map) => map.values().collect(),
        _ => Vec::new(),
    }
}

fn count(value: &Value) -> usize {
    1 + children(value).into_iter().map(count).sum::<usize>()
}

fn pick<'a>(value: &'a Value, dice: &mut Dice) -> &'a Value {
    let mut at = value;
    loop {
        let below = children(at);
        if below.is_empty() || dice.under(3) == 0 {
            return at;
        }
        at = below[dice.under(below.len())];
    }
}

/// The node of this number, counted from the root.
fn nth(value: &mut Value, number: usize) -> Option<&mut Value> {
    if number == 0 {
        return Some(value);
    }
    let mut left = number - 1;
    let below: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(list) => Box::new(list.iter_mut()),
        Value::Object(map) => Box::new(map.values_mut()),
        _ => return None,
    };
    for child in below {
        let nodes = count(child);
        if left < nodes {
            return nth(child, left);
        }
        left -= nodes;
    }
    None
}

/// splitmix64 (Steele, Lea, Flood 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number under `bound`, which is not zero.
    fn under(&mut self, bound: usize) -> usize {
        (self.roll() % bound as u64) as usize
    }
}

const LINES_MAX: usize = 64;
const LIST_MAX: usize = 300;

const ODD_NUMBERS: [u64; 12] = [
    0,
    1,
    2,
    9,
    u32::MAX as u64,
    1 << 32,
    (1 << 53) - 1,
    1 << 53,
    i64::MAX as u64 - 1,
    i64::MAX as u64,
    i64::MAX as u64 + 1,
    u64::MAX,
];

const ODD_TEXTS: [&str; 10] = [
    " ",
    "\u{0}",
    "\u{feff}",
    "\u{1f980}",
    "é\u{301}ß",
    "\u{202e}x",
    "0",
    "ffffffffffffffff",
    "+1",
    "00000000-0000-0000-0000-000000000000",
];

/// Names that the protocol knows, so that a map can gain one that no line has.
const WORDS: [&str; 34] = [
    "account",
    "accepted",
    "amount",
    "asked",
    "ask",
    "care",
    "clashes",
    "conflicted",
    "contact",
    "decided",
    "delete",
    "deleted",
    "denied",
    "done",
    "event",
    "failed",
    "gone",
    "held",
    "invalid",
    "left",
    "merged",
    "name",
    "north",
    "note",
    "owner",
    "own",
    "patch",
    "phone",
    "problem",
    "refused",
    "restore",
    "settles",
    "stage",
    "text",
];
