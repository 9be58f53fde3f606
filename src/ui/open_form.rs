//! A form on the screen: its text, on disk with every keystroke, and its one save. It draws nothing.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::RecordId;
use protocol::schema::Invalid;

use crate::store::{Draft, Store};
use crate::ui::attention;
use crate::ui::form::{Form, Touched};
use crate::ui::words;

/// A handle: copies speak of the same form.
#[derive(Clone, Copy)]
pub(crate) struct OpenForm {
    store: Store,
    /// The key of its draft, once the disk has named it.
    key: StoredValue<String>,
    form: RwSignal<Form>,
    wrong: RwSignal<Vec<(&'static str, Invalid)>>,
    stage: RwSignal<Stage>,
    restored: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    /// What the disk was last told, so that it is told only news; none once it did not take that.
    kept: StoredValue<Option<String>>,
    /// Whether the disk does not have what stands in the form.
    unkept: RwSignal<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The disk is asked what was typed before.
    Reading,
    Typing,
    /// From the press of Save to the disk's answer; a second press finds this and does nothing.
    Saving,
    /// Saved or thrown away: nothing more is kept.
    Closed,
}

impl OpenForm {
    /// Opens a form and asks the disk for what was typed into it before. `name` says which form it is.
    pub(crate) fn new(store: Store, name: String, form: Form) -> Self {
        let open = Self {
            store,
            key: StoredValue::new(String::new()),
            form: RwSignal::new(form),
            wrong: RwSignal::new(Vec::new()),
            stage: RwSignal::new(Stage::Reading),
            restored: RwSignal::new(false),
            failed: RwSignal::new(None),
            kept: StoredValue::new(Some(String::new())),
            unkept: RwSignal::new(false),
            timer: StoredValue::new(None),
        };
        spawn_local(async move {
            let (key, kept) = store.open_draft(name).await;
            open.on_kept(key, kept);
        });
        for leaving in ["pagehide", "visibilitychange"] {
            let listener = window_event_listener_untyped(leaving, move |_| open.keep());
            on_cleanup(move || listener.remove());
        }
        on_cleanup(move || {
            open.keep();
            // Before the disk has answered there is no draft to give back; the answer then finds no form.
            open.key.try_with_value(|key| store.close_draft(key));
        });
        open
    }

    /// The front door that it saves through.
    pub(crate) const fn store(self) -> Store {
        self.store
    }

    /// Whether the form can be shown: the disk has said what was typed before.
    pub(crate) fn is_ready(self) -> bool {
        self.stage.get() != Stage::Reading
    }

    /// Whether a save is on its way to the disk.
    pub(crate) fn is_saving(self) -> bool {
        matches!(self.stage.get(), Stage::Saving | Stage::Closed)
    }

    /// The same for whoever outlives the form: one that is gone has nothing on its way. It tracks nothing.
    pub(crate) fn is_on_its_way(self) -> bool {
        matches!(self.stage.try_get_untracked(), Some(Stage::Saving | Stage::Closed))
    }

    /// Whether text from an earlier time stands in the form.
    pub(crate) fn is_restored(self) -> bool {
        self.restored.get()
    }

    /// Why the last save is not on the phone.
    pub(crate) fn failed(self) -> Option<String> {
        self.failed.get()
    }

    /// Whether the phone does not keep what is typed, so that only a save or a copy does.
    pub(crate) fn is_unkept(self) -> bool {
        self.unkept.get()
    }

    /// Whether closing would lose something.
    pub(crate) fn is_touched(self) -> bool {
        self.form.with_untracked(Form::is_touched)
    }

    /// The field's text.
    pub(crate) fn text(self, name: &'static str) -> Signal<String> {
        Signal::derive(move || self.form.with(|form| form.text(name).to_owned()))
    }

    /// What is wrong with the field, under its label.
    pub(crate) fn wrong(self, name: &'static str, label: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let wrong = self.wrong.get();
            let found = wrong.iter().find(|(field, _)| *field == name);
            found.map(|(_, invalid)| words::wrong(label, *invalid))
        })
    }

    /// The people or places that were chosen: the fields whose names begin so, with their text.
    pub(crate) fn chosen(self, prefix: &'static str) -> Signal<Vec<(String, String)>> {
        Signal::derive(move || self.form.with(|form| form.chosen(prefix)))
    }

    /// The rep typed.
    pub(crate) fn put(self, name: &str, text: String) {
        self.form.update(|form| form.put(name, text));
        self.wrong.update(|wrong| wrong.retain(|(field, _)| *field != name));
        self.stop_timer();
        let timer = set_timeout_with_handle(move || self.keep(), KEEP_AFTER).ok();
        self.timer.set_value(timer);
    }

    /// Brings what was typed to disk now. Harmless after the form is gone.
    pub(crate) fn keep(self) {
        let Some(Stage::Typing) = self.stage.try_get_untracked() else { return };
        let text = self.form.with_untracked(Form::to_kept);
        if self.kept.with_value(|kept| kept.as_ref() == Some(&text)) {
            return;
        }
        self.kept.set_value(Some(text.clone()));
        let is_kept = self.key.with_value(|key| self.store.keep_draft(key, text.clone()));
        spawn_local(async move {
            let is_kept = is_kept.await;
            // What was typed since then has an answer of its own.
            let is_last = self.kept.try_with_value(|kept| kept.as_ref() == Some(&text)) == Some(true);
            if is_last {
                self.unkept.try_set(!is_kept);
            }
            if is_last && !is_kept {
                self.kept.try_set_value(None);
            }
        });
    }

    /// Throws away what was typed; the form shows the record again.
    pub(crate) fn discard(self) {
        self.form.update(Form::clear);
        self.wrong.set(Vec::new());
        self.restored.set(false);
        self.stop_timer();
        self.keep();
    }

    /// Saves once. `draft` says what the touched fields make, `then` runs only when the disk has it and the form is
    /// still on the screen; an untouched form has nothing to save and goes to `unchanged`. The answer's record is the
    /// draft's first.
    pub(crate) fn save(
        self,
        draft: impl FnOnce(Touched, String) -> Draft,
        then: impl FnOnce(RecordId) + 'static,
        unchanged: impl FnOnce(),
    ) {
        if self.stage.get_untracked() != Stage::Typing {
            return;
        }
        let set = match self.form.with_untracked(Form::parse) {
            Ok(set) => set,
            Err(wrong) => return self.on_wrong(wrong),
        };
        if set.is_empty() {
            self.discard();
            return unchanged();
        }
        self.keep();
        self.stop_timer();
        self.stage.set(Stage::Saving);
        self.failed.set(None);
        let draft = draft(set, self.key.get_value());
        spawn_local(async move {
            match self.store.save(draft).await {
                Ok(records) => {
                    // A rep who has gone on meanwhile is not led anywhere.
                    if self.stage.try_set(Stage::Closed).is_none() {
                        then(records.first().copied().expect("a form's draft is about a record"));
                    }
                }
                Err(error) => {
                    self.failed.try_set(Some(words::not_saved(&error)));
                    self.stage.try_set(Stage::Typing);
                }
            }
        });
    }

    fn on_kept(self, key: String, kept: String) {
        if self.stage.try_get_untracked() != Some(Stage::Reading) {
            return self.store.close_draft(&key);
        }
        self.key.set_value(key);
        let mut restored = false;
        self.form.update(|form| restored = form.restore(&kept));
        self.kept.set_value(Some(kept));
        self.restored.set(restored);
        self.stage.set(Stage::Typing);
    }

    fn on_wrong(self, wrong: Vec<(&'static str, Invalid)>) {
        let first = wrong.first().map(|(name, _)| *name);
        self.wrong.set(wrong);
        if let Some(first) = first {
            attention::focus_once_drawn(first);
        }
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}

/// Long enough to gather a burst of keys, short enough that a crash costs no word.
const KEEP_AFTER: Duration = Duration::from_millis(250);
