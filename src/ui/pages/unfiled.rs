//! Notes that belong to nobody yet, each with the way to its account.

use engine::Place;
use leptos::prelude::*;
use protocol::{Kind, RecordId};
use view::{brief, timeline};

use super::account::state;
use crate::store::Store;
use crate::ui::components::button::Button;
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::file_it::FileIt;
use crate::ui::{address, attention, intl, title, words};

/// A note in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    id: RecordId,
    time: String,
    text: String,
    place: Place,
}

impl Line {
    fn key(&self) -> (RecordId, String, &'static str) {
        (self.id, self.text.clone(), words::place(self.place))
    }
}

/// The page.
#[component]
pub(crate) fn Unfiled(store: Store) -> impl IntoView {
    title(|| words::UNFILED.to_owned());
    let lines = Memo::new(move |_| {
        store.with_view(|view| {
            let notes = brief::unfiled(view);
            let line = |note: &std::rc::Rc<protocol::Record>| Line {
                id: note.id,
                time: intl::wall(timeline::written(note, intl::clock())),
                text: note.fields.text("text").unwrap_or_default().to_owned(),
                place: view.place(note.id),
            };
            notes.map(line).collect::<Vec<_>>()
        })
    });
    // One at a time is filed, so that there is one field of that name on the page.
    let filing = RwSignal::new(None::<RecordId>);
    let row = move |line: Line| {
        let Line { id, time, text, place } = line;
        let is_filing = Memo::new(move |_| filing.get() == Some(id));
        let open = move || {
            filing.set(Some(id));
            attention::focus_once_drawn("file");
        };
        view! {
            <li class="card">
                <p class="timeline__head">
                    <a href=address(Kind::Note, id) class="timeline__kind">
                        <Drawing icon=Icon::Note />
                        {words::NOTE}
                    </a>
                    <span class="timeline__time">{time}</span>
                    {state(place)}
                </p>
                <p class="timeline__text unfiled__text" dir="auto">{text}</p>
                <Show
                    when=move || is_filing.get()
                    fallback=move || {
                        view! {
                            <div class="page__do">
                                <Button label=words::FILE_IT icon=Icon::Accounts on_press=open />
                            </div>
                        }
                    }
                >
                    <FileIt store note=id />
                </Show>
            </li>
        }
    };
    view! {
        <div class="page">
            <PageHead title=Signal::stored(words::UNFILED.to_owned()) back=("/".to_owned(), words::BACK) />
            <div class="page__body">
                <Show
                    when=move || !lines.with(Vec::is_empty)
                    fallback=|| view! { <Empty icon=Icon::Note title=words::NO_UNFILED /> }
                >
                    <p class="card__name">{words::UNFILED_TEXT}</p>
                    <ul role="list" class="unfiled" aria-label=words::UNFILED>
                        <For each=move || lines.get() key=Line::key let:line>
                            {row(line)}
                        </For>
                    </ul>
                </Show>
            </div>
        </div>
    }
}
