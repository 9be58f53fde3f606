//! One tap to call, to write and to find the way, for whatever has a number or an address.

use leptos::prelude::*;
use protocol::{Fields, Record};

use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::words;

/// A way to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    label: &'static str,
    icon: Icon,
    href: String,
    /// The channel of a note about it; none for one that is no talk.
    channel: Option<&'static str>,
}

impl Way {
    /// Whether somebody is spoken or written to.
    pub(crate) fn is_talk(&self) -> bool {
        self.channel.is_some()
    }
}

/// The ways that are known, the most used first.
pub(crate) fn ways(record: &Record) -> Vec<Way> {
    let fields = &record.fields;
    let mut ways = Vec::new();
    let (phone, mobile) = (dialled(fields, "phone"), dialled(fields, "mobile"));
    let text = mobile.as_ref().or(phone.as_ref()).map(|number| format!("sms:{}", number.digits));
    let labels = if phone.is_some() && mobile.is_some() {
        (words::CALL_OFFICE, words::CALL_MOBILE)
    } else {
        (words::CALL, words::CALL)
    };
    let mut way = |label, icon, href: Option<String>, channel| {
        ways.extend(href.map(|href| Way { label, icon, href, channel }));
    };
    way(labels.1, Icon::Phone, mobile.map(Dialled::call), Some("phone"));
    way(labels.0, Icon::Phone, phone.map(Dialled::call), Some("phone"));
    way(words::SEND_TEXT, Icon::Message, text, Some("text"));
    let mail = fields.text("email").map(|address| format!("mailto:{}", encoded(address).replace("%40", "@")));
    way(words::SEND_MAIL, Icon::Mail, mail, Some("email"));
    way(words::DIRECTIONS, Icon::Pin, directions(record), None);
    ways
}

/// The address in one piece; none while neither street nor town is known.
pub(crate) fn address(fields: &Fields) -> Option<String> {
    let text = |name: &str| fields.text(name);
    let town = [text("city"), text("state")].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let town = [Some(town.as_str()), text("zip")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = [text("address"), Some(town.trim())].into_iter().flatten();
    let address = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    (!address.is_empty()).then_some(address)
}

/// Opens the phone's own map on the way there, or a map page where there is none.
fn directions(record: &Record) -> Option<String> {
    let fields = &record.fields;
    let pin = fields.text("lat").zip(fields.text("lon")).map(|(lat, lon)| format!("{lat},{lon}"));
    let street = fields.text("address").and_then(|_| address(fields));
    let street = street.map(|address| format!("{}, {address}", crate::ui::name(record)));
    let to = pin.or(street)?;
    Some(format!("https://www.google.com/maps/dir/?api=1&destination={}", encoded(&to)))
}

/// A number as a phone dials it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Dialled {
    digits: String,
    /// What is dialled once somebody answers.
    extension: Option<String>,
}

impl Dialled {
    /// The first number of a text, and the extension behind it; a second number is left out.
    fn read(text: &str) -> Option<Self> {
        let dial = |c: char| c.is_ascii_digit() || c == '+';
        let number = &text[text.find(dial)?..];
        let end = number.find(|c: char| c.is_alphabetic() || "#;,/|&".contains(c)).unwrap_or(number.len());
        let (number, rest) = number.split_at(end);
        let before = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (sign, rest) = rest.split_at(before);
        // A comma alone may part two numbers.
        let is_sign = sign.chars().any(|c| c.is_alphabetic() || c == '#')
            && sign.chars().all(|c| "extnsio.#;,: ".contains(c.to_ascii_lowercase()));
        let extension: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some(Self {
            digits: number.chars().filter(|c| dial(*c)).collect(),
            extension: Some(extension).filter(|digits| is_sign && !digits.is_empty()),
        })
    }

    /// The comma is a pause, after which phones dial the rest.
    fn call(self) -> String {
        match self.extension {
            Some(extension) => format!("tel:{},{extension}", self.digits),
            None => format!("tel:{}", self.digits),
        }
    }
}

fn dialled(fields: &Fields, name: &str) -> Option<Dialled> {
    fields.text(name).and_then(Dialled::read)
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The ways as buttons in a row.
#[component]
pub(crate) fn Reach(
    /// The ways.
    #[prop(into)]
    ways: Signal<Vec<Way>>,
    /// One of them was taken, by this channel.
    on_taken: Callback<&'static str>,
) -> impl IntoView {
    let link = move |way: Way| {
        let Way { label, icon, href, channel } = way;
        let target = channel.is_none().then_some("_blank");
        // Whoever asks for the way goes there.
        let on_click = move |_| on_taken.run(channel.unwrap_or("in_person"));
        view! {
            <a class="reach__way" href=href target=target rel="noreferrer" on:click=on_click>
                <Drawing icon />
                <span>{label}</span>
            </a>
        }
    };
    view! {
        <Show when=move || !ways.with(Vec::is_empty)>
            <div class="reach" role="group" aria-label=words::REACH>
                {move || ways.get().into_iter().map(link).collect_view()}
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_to_the_first_number_and_then_to_its_extension() {
        for (text, call) in [
            ("(775) 555-0101", Some("tel:7755550101")),
            ("+1 775.555.0101", Some("tel:+17755550101")),
            ("775-555-0101 ext. 204", Some("tel:7755550101,204")),
            ("775-555-0101 x204", Some("tel:7755550101,204")),
            ("775-555-0101 #204, ask for Ana", Some("tel:7755550101,204")),
            ("775-555-0101 / 775-555-0102", Some("tel:7755550101")),
            ("775-555-0101 or 775-555-0102", Some("tel:7755550101")),
            ("775-555-0101, 775-555-0102", Some("tel:7755550101")),
            ("775-555-0101 & 0102", Some("tel:7755550101")),
            ("775-555-0101, ext 204", Some("tel:7755550101,204")),
            ("Front desk: 775-555-0101", Some("tel:7755550101")),
            ("ask at the desk", None),
        ] {
            assert_eq!(Dialled::read(text).map(Dialled::call).as_deref(), call, "{text}");
        }
    }
}
