//! What was typed into a form whose record is not on this phone any more: read, copied, kept or thrown away.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::Kind;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::banner::Failure;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, PageHead};
use crate::ui::copy_text::CopyText;
use crate::ui::form::Form;
use crate::ui::open_form::OpenForm;
use crate::ui::{address, home_of, intl, trail, words};

/// The page of such a form.
#[component]
pub(crate) fn LeftOver(
    store: Store,
    /// Which form it is.
    form: String,
    /// What is not here, and what that means.
    gone: (&'static str, &'static str),
) -> impl IntoView {
    let open = OpenForm::new(store, form, Form::create(Kind::Note, &["text"]));
    let typed = open.chosen("");
    let (title, text) = gone;
    view! {
        <div class="page">
            <PageHead title=title back=("/".to_owned(), words::BACK) />
            <div class="page__body">
                <Empty text=text />
                <Show when=move || typed.with(|typed| !typed.is_empty())>
                    <Typed open typed />
                </Show>
            </div>
        </div>
    }
}

#[component]
fn Typed(open: OpenForm, typed: Signal<Vec<(String, String)>>) -> impl IntoView {
    let pairs = move || typed.get().iter().filter_map(said).collect::<Vec<_>>();
    let pair = |(label, text): (String, String)| {
        view! {
            <div class="details__pair">
                <dt class="details__name">{label}</dt>
                <dd class="details__value" dir="auto">{text}</dd>
            </div>
        }
    };
    let lines = untrack(pairs).into_iter().map(|(label, text)| format!("{label}: {text}"));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let has_text = move || open.text("text").with(|text| !text.trim().is_empty());
    let navigate = use_navigate();
    let keep = move || {
        let Some(territory) = home_of(open.store(), None) else { return };
        let draft = |mut set: crate::ui::form::Touched, key| {
            set.retain(|name, _| name == "text");
            set.insert("written".to_owned(), Some(intl::now_utc()));
            Draft::of_form(DraftEdit::create(Kind::Note, territory, set), key)
        };
        let navigate = navigate.clone();
        open.save(draft, move |note| trail::leave_for(&address(Kind::Note, note), &navigate), || ());
    };
    let keep = StoredValue::new(keep);
    view! {
        <Card title=words::STILL_HERE>
            <dl class="details">{move || pairs().into_iter().map(pair).collect_view()}</dl>
            <Failure text=Signal::derive(move || open.failed()) />
            <div class="saves__do">
                <Show when=has_text>
                    <Button
                        label=words::KEEP_AS_NOTE
                        weight=Weight::Main
                        on_press=move || keep.with_value(|keep| keep())
                    />
                </Show>
                <CopyText text=lines />
                <Button label=words::DISCARD on_press=move || open.discard() />
            </div>
        </Card>
    }
}

/// A field in words; none of what only names another record.
fn said((name, text): &(String, String)) -> Option<(String, String)> {
    let is_link = name.contains(':') || text.parse::<uuid::Uuid>().is_ok();
    let label = words::label(name).unwrap_or(name).to_owned();
    (!is_link).then(|| (label, words::value(name, text)))
}
