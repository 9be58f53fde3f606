//! About: which version this is, how safe its place on disk is, and how to install it.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::{Card, PageHead};
use crate::ui::{title, words};

/// The page.
#[component]
pub(crate) fn About(store: Store) -> impl IntoView {
    title(|| words::ABOUT.to_owned());
    let storage = store.storage();
    let used = move || {
        let storage = storage.get();
        let used = storage.used_bytes.map(words::bytes)?;
        let of = storage.quota_bytes.map(|quota| words::received(&used, &words::bytes(quota)));
        Some(format!("{}: {}", words::USED, of.unwrap_or(used)))
    };
    let install = if is_installed() {
        words::INSTALLED
    } else {
        words::install(&window().navigator().user_agent().unwrap_or_default())
    };
    view! {
        <div class="page">
            <PageHead title=words::ABOUT back=("/more".to_owned(), words::MORE) />
            <div class="page__body">
                <Card>
                    <p class="card__pair">
                        <span class="card__name">{words::VERSION}</span>
                        <span class="card__value">{env!("CARGO_PKG_VERSION")}</span>
                    </p>
                </Card>
                <Card title=words::STORAGE>
                    <p>{move || words::kept(storage.get().persisted)}</p>
                    <p>{used}</p>
                    <p class="card__hint">{words::STORAGE_TEXT}</p>
                </Card>
                <Card title=words::INSTALL>
                    <p>{install}</p>
                </Card>
                <Card title=words::WHAT_IS_STORED>
                    <p>{words::WHAT_IS_STORED_TEXT}</p>
                </Card>
            </div>
        </div>
    }
}

fn is_installed() -> bool {
    let query = window().match_media("(display-mode: standalone)");
    query.ok().flatten().is_some_and(|query| query.matches())
}
