//! How far something has come, as a bar and as numbers.

use leptos::prelude::*;

/// A bar with its label and its counts.
#[component]
pub(crate) fn ProgressBar(
    /// What is under way.
    label: &'static str,
    /// How far, and of how much; a total of zero is not known yet.
    #[prop(into)]
    done: Signal<(u64, u64)>,
    /// The same in words.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="progress">
            <label class="progress__label" for="progress">{label}</label>
            <span class="progress__count">{move || text.get()}</span>
            <progress
                class="progress__bar"
                id="progress"
                max=move || done.get().1.max(1).to_string()
                value=move || {
                    let (received, total) = done.get();
                    (total > 0).then(|| received.to_string())
                }
            ></progress>
        </div>
    }
}
