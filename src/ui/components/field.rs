//! Fields of a form: a label above, what is wrong below, and the text where it was typed.

use leptos::prelude::*;

/// Which keyboard a phone shows, and what a password manager may fill in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    kind: &'static str,
    keyboard: &'static str,
    fill: &'static str,
}

impl Keys {
    /// Words.
    pub(crate) const TEXT: Self = Self { kind: "text", keyboard: "text", fill: "off" };
    /// A phone number.
    pub(crate) const PHONE: Self = Self { kind: "tel", keyboard: "tel", fill: "off" };
    /// Digits that are no quantity.
    pub(crate) const DIGITS: Self = Self { kind: "text", keyboard: "numeric", fill: "off" };
    /// Somebody's address.
    pub(crate) const MAIL: Self = Self { kind: "email", keyboard: "email", fill: "off" };
    /// Who signs in.
    pub(crate) const EMAIL: Self = Self { kind: "email", keyboard: "email", fill: "username" };
    /// The password.
    pub(crate) const PASSWORD: Self = Self { kind: "password", keyboard: "text", fill: "current-password" };

    /// Words may run from right to left; numbers and addresses never do.
    fn direction(self) -> Option<&'static str> {
        (self.kind == Self::TEXT.kind && self.keyboard == Self::TEXT.keyboard).then_some("auto")
    }
}

/// What every field is told.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Its id and its name in the form.
    pub(crate) name: &'static str,
    /// The label.
    pub(crate) label: &'static str,
    /// Its text.
    pub(crate) text: Signal<String>,
    /// What is wrong with it.
    pub(crate) wrong: Signal<Option<String>>,
    /// The rep typed.
    pub(crate) on_typed: Callback<String>,
    /// The rep went on to something else.
    pub(crate) on_left: Callback<()>,
}

impl Entry {
    pub(super) fn typed(self, text: String) {
        self.on_typed.try_run(text);
    }

    /// A field that goes off the page with the focus in it is told that it lost it, after its form has gone.
    pub(super) fn left(self) {
        self.on_left.try_run(());
    }

    fn wrong_id(self) -> String {
        format!("{}-wrong", self.name)
    }

    /// Named only while there is something to read.
    pub(super) fn described_by(self) -> Option<String> {
        self.wrong.with(Option::is_some).then(|| self.wrong_id())
    }

    pub(super) fn invalid(self) -> &'static str {
        if self.wrong.with(Option::is_some) { "true" } else { "false" }
    }
}

/// One line of text.
#[component]
pub(crate) fn TextField(
    /// What every field is told.
    entry: Entry,
    /// The keyboard.
    #[prop(default = Keys::TEXT)]
    keys: Keys,
    /// Texts often used here; any other can be typed.
    #[prop(default = &[])]
    often: &'static [&'static str],
    /// Whether a dialog it stands in opens with the keyboard here.
    #[prop(optional)]
    first: bool,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    let list = format!("{name}-often");
    let offered = (!often.is_empty()).then(|| {
        let options = often.iter().map(|text| view! { <option value=*text></option> }).collect_view();
        view! { <datalist id=list.clone()>{options}</datalist> }
    });
    view! {
        <div class="field" class:field--wrong=move || entry.wrong.with(Option::is_some)>
            <label class="field__label" for=name>{label}</label>
            <input
                class="field__input"
                id=name
                name=name
                type=keys.kind
                inputmode=keys.keyboard
                dir=keys.direction()
                autocomplete=keys.fill
                autofocus=first
                list=offered.is_some().then_some(list)
                prop:value=move || text.get()
                aria-invalid=move || entry.invalid()
                aria-describedby=move || entry.described_by()
                on:input:target=move |event| entry.typed(event.target().value())
                on:blur=move |_| entry.left()
            />
            {offered}
            <Wrong entry />
        </div>
    }
}

/// A text of any length; it grows as it is typed.
#[component]
pub(crate) fn LongField(
    /// What every field is told.
    entry: Entry,
    /// How much room is left, once that matters.
    #[prop(into)]
    room: Signal<Option<String>>,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    view! {
        <div class="field" class:field--wrong=move || entry.wrong.with(Option::is_some)>
            <label class="field__label" for=name>{label}</label>
            <textarea
                class="field__input field__input--long"
                id=name
                name=name
                rows="6"
                dir="auto"
                prop:value=move || text.get()
                aria-invalid=move || entry.invalid()
                aria-describedby=move || entry.described_by()
                on:input:target=move |event| entry.typed(event.target().value())
                on:blur=move |_| entry.left()
            ></textarea>
            <p class="field__room" aria-live="polite">{move || room.get()}</p>
            <Wrong entry />
        </div>
    }
}

/// Yes, or nothing.
#[component]
pub(crate) fn TickField(
    /// What every field is told.
    entry: Entry,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    view! {
        <label class="tick" for=name>
            <input
                class="tick__box"
                id=name
                name=name
                type="checkbox"
                prop:checked=move || text.with(|text| !text.is_empty())
                on:change:target=move |event| {
                    entry.typed(if event.target().checked() { "yes".to_owned() } else { String::new() });
                }
                on:blur=move |_| entry.left()
            />
            <span>{label}</span>
        </label>
    }
}

/// One of a few.
#[component]
pub(crate) fn ChoiceField(
    /// What every field is told.
    entry: Entry,
    /// Values with the words for them.
    #[prop(into)]
    choices: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let Entry { name, label, text, .. } = entry;
    let options = move || {
        let option = |(value, words): (String, String)| {
            let chosen = value.clone();
            let selected = move || text.with(|text| *text == chosen);
            view! { <option value=value prop:selected=selected>{words}</option> }
        };
        choices.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class="field" class:field--wrong=move || entry.wrong.with(Option::is_some)>
            <label class="field__label" for=name>{label}</label>
            <select
                class="field__input"
                id=name
                name=name
                aria-invalid=move || entry.invalid()
                aria-describedby=move || entry.described_by()
                on:change:target=move |event| entry.typed(event.target().value())
                on:blur=move |_| entry.left()
            >
                {options}
            </select>
            <Wrong entry />
        </div>
    }
}

/// What is wrong with it, below it.
#[component]
pub(super) fn Wrong(entry: Entry) -> impl IntoView {
    view! {
        {move || {
            entry.wrong.get().map(|text| view! { <p class="field__wrong" id=entry.wrong_id()>{text}</p> })
        }}
    }
}
