//! Moves a referral to another stage: by a button for each, with the reason asked where one is needed.

use std::collections::BTreeMap;

use leptos::prelude::*;
use protocol::schema::lists;
use protocol::{Kind, Op, Record, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::dialog::Dialog;
use crate::ui::components::field::Entry;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::when::{self, DayField};
use crate::ui::{attention, intl, undo, words};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Stage,
    Reason,
    Care,
}

/// The question of a page: of which referral it is asked, and how far it has come.
#[derive(Clone, Copy)]
pub(crate) struct Moving {
    store: Store,
    open: RwSignal<bool>,
    id: RwSignal<Option<RecordId>>,
    step: RwSignal<Step>,
    care: RwSignal<String>,
}

impl Moving {
    /// Nothing is asked yet.
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            open: RwSignal::new(false),
            id: RwSignal::new(None),
            step: RwSignal::new(Step::Stage),
            care: RwSignal::new(String::new()),
        }
    }

    /// Asks where to.
    pub(crate) fn ask(self, id: RecordId) {
        self.put(id, Step::Stage);
    }

    /// It was dropped there; asks what such a move needs to know.
    pub(crate) fn drop_at(self, id: RecordId, stage: &str) {
        let Some(record) = self.record(id) else { return };
        match stage {
            _ if stage_of(&record) == stage => {}
            "nonadmit" => self.put(id, Step::Reason),
            "admitted" => self.put(id, Step::Care),
            stage => self.go(&record, stage, &[]),
        }
    }

    fn put(self, id: RecordId, step: Step) {
        self.id.set(Some(id));
        self.step.set(step);
        let known = self.record(id).and_then(|record| record.fields.text("soc").map(str::to_owned));
        self.care.set(known.unwrap_or_else(|| intl::today().to_string()));
        self.open.set(true);
    }

    fn record(self, id: RecordId) -> Option<Record> {
        untrack(|| self.store.with_view(|view| view.record(id).map(|record| (**record).clone())))
    }

    /// A stage was pressed.
    fn press(self, stage: &'static str) {
        match (stage, self.id.get_untracked().and_then(|id| self.record(id))) {
            ("nonadmit", _) => self.turn_to(Step::Reason),
            ("admitted", _) => self.turn_to(Step::Care),
            (_, Some(record)) => self.go(&record, stage, &[]),
            (_, None) => self.open.set(false),
        }
    }

    /// Asks something else in the same place. What was pressed is gone, so the focus goes to the first answer.
    fn turn_to(self, step: Step) {
        self.step.set(step);
        attention::focus_once_drawn(if step == Step::Care { CARE } else { FIRST });
    }

    fn refuse(self, reason: &'static str) {
        self.end("nonadmit", "reason", reason.to_owned());
    }

    fn admit(self) {
        self.end("admitted", "soc", self.care.get_untracked());
    }

    fn end(self, stage: &str, field: &'static str, text: String) {
        if let Some(record) = self.id.get_untracked().and_then(|id| self.record(id)) {
            self.go(&record, stage, &[(field, text)]);
        }
    }

    /// Saves it, with the offer to move it back.
    fn go(self, record: &Record, stage: &str, more: &[(&'static str, String)]) {
        self.open.set(false);
        let set = changes(record, stage, more, &intl::today().to_string());
        let before = set.keys().map(|name| (name.clone(), record.fields.text(name).map(str::to_owned)));
        let draft = |set| Draft::of_press(vec![DraftEdit::to(record.id, Kind::Referral, Op::Patch, set)]);
        let back = draft(before.collect());
        let text = words::stage_moved(&crate::ui::name(record), &words::value("stage", stage));
        undo::press(self.store, draft(set), text, back, attention::take_up);
    }
}

/// How far a referral has come.
pub(crate) fn stage_of(record: &Record) -> &str {
    record.fields.text("stage").unwrap_or(lists::STAGES[0])
}

/// What a move changes: the stage, the day on which it was closed, and a reason that holds no more.
fn changes(
    record: &Record,
    stage: &str,
    more: &[(&'static str, String)],
    today: &str,
) -> BTreeMap<String, Option<String>> {
    let has = |name| record.fields.text(name).is_some();
    let mut set = BTreeMap::from([("stage".to_owned(), Some(stage.to_owned()))]);
    let is_closed = view::pipeline::is_closed(stage);
    // A yes that came to nothing is a decision of its own, on its own day.
    let is_turned = stage == "nonadmit" && record.fields.text("decision") == Some("accepted");
    if is_closed && (is_turned || !has("decided")) {
        set.insert("decided".to_owned(), Some(today.to_owned()));
    }
    let was_closed = view::pipeline::is_closed(stage_of(record));
    if was_closed && !is_closed && has("decided") && !has("decision") {
        set.insert("decided".to_owned(), None);
    }
    // Where the decision was to decline, the reason is the decision's.
    if stage != "nonadmit" && has("reason") && record.fields.text("decision") != Some("declined") {
        set.insert("reason".to_owned(), None);
    }
    // What was emptied goes; what was not there needs no taking away.
    let more = more.iter().filter(|(name, text)| !text.is_empty() || has(name));
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    set.extend(more.map(|(name, text)| ((*name).to_owned(), some(text))));
    set
}

/// The question itself, once on a page.
#[component]
pub(crate) fn MoveDialog(moving: Moving) -> impl IntoView {
    let record = move || moving.id.get().and_then(|id| moving.record(id));
    let title = Signal::derive(move || match moving.step.get() {
        Step::Stage => words::move_to(&record().map(|it| crate::ui::name(&it)).unwrap_or_default()),
        Step::Reason => words::WHY_NOT.to_owned(),
        Step::Care => words::WHEN_ADMITTED.to_owned(),
    });
    let body = move || match moving.step.get() {
        Step::Stage => {
            let now = record().map(|record| stage_of(&record).to_owned()).unwrap_or_default();
            stages(moving, &now).into_any()
        }
        Step::Reason => reasons(moving).into_any(),
        Step::Care => view! { <Care moving /> }.into_any(),
    };
    let is_stage = move || moving.step.get() == Step::Stage;
    view! {
        <Dialog open=moving.open title id=TITLE>
            {body}
            <div class="dialog__do moving__end">
                <Show when=move || !is_stage()>
                    <Button
                        label=words::OTHER_STAGE
                        icon=Icon::Back
                        on_press=move || moving.turn_to(Step::Stage)
                    />
                </Show>
                <Button label=words::CANCEL on_press=move || moving.open.set(false) />
            </div>
        </Dialog>
    }
}

fn stages(moving: Moving, now: &str) -> impl IntoView {
    let first = lists::STAGES.iter().find(|stage| **stage != now);
    let stage = |stage: &&'static str| {
        let id = (Some(stage) == first).then_some(FIRST);
        let (stage, is_here) = (*stage, *stage == now);
        view! {
            <li>
                <button
                    type="button"
                    id=id
                    class="button moving__choice"
                    disabled=is_here
                    on:click=move |_| moving.press(stage)
                >
                    <span class="moving__words">{words::value("stage", stage)}</span>
                    {is_here
                        .then(|| {
                            view! {
                                <span class="moving__here">
                                    <Drawing icon=Icon::Check />
                                    {words::IS_HERE}
                                </span>
                            }
                        })}
                </button>
            </li>
        }
    };
    view! { <ul role="list" aria-labelledby=TITLE class="moving">{lists::STAGES.iter().map(stage).collect_view()}</ul> }
}

fn reasons(moving: Moving) -> impl IntoView {
    let reason = |(at, reason): (usize, &&'static str)| {
        let (id, reason) = ((at == 0).then_some(FIRST), *reason);
        view! {
            <li>
                <button type="button" id=id class="button moving__choice" on:click=move |_| moving.refuse(reason)>
                    <span class="moving__words">{words::reason_said(reason)}</span>
                </button>
            </li>
        }
    };
    let reasons = lists::REASONS.iter().enumerate().map(reason).collect_view();
    view! { <ul role="list" aria-labelledby=TITLE class="moving">{reasons}</ul> }
}

#[component]
fn Care(moving: Moving) -> impl IntoView {
    let label = words::label("soc").unwrap_or_default();
    let wrong = RwSignal::new(None::<String>);
    let entry = Entry {
        name: CARE,
        label,
        text: moving.care.into(),
        wrong: wrong.into(),
        on_typed: Callback::new(move |text| {
            wrong.set(None);
            moving.care.set(text);
        }),
        on_left: Callback::new(|()| ()),
    };
    let admit = move || {
        let asked = document().get_element_by_id(CARE_ASKED);
        if asked.and_then(|asked| when::unfinished(&asked)).is_some() {
            return wrong.set(Some(words::not_complete(label)));
        }
        moving.admit();
    };
    view! {
        <div class="moving" id=CARE_ASKED>
            <DayField entry />
            <p class="form__hint">{words::MAY_BE_EMPTY}</p>
            <Button label=words::ADMIT weight=Weight::Main icon=Icon::Check on_press=admit />
        </div>
    }
}

/// The question, its first answer, and the day on which care begins with what stands around it.
const TITLE: &str = "move-to";
const FIRST: &str = "move-to-first";
const CARE: &str = "care-begins";
const CARE_ASKED: &str = "care-asked";

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::TerritoryId;

    fn check(
        fields: &[(&str, &str)],
        stage: &str,
        more: &[(&'static str, String)],
        expected: &[(&str, &str)],
    ) {
        let record = Record {
            id: RecordId(uuid::Uuid::nil()),
            kind: Kind::Referral,
            territory: TerritoryId::new("north"),
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields: fields.iter().copied().collect(),
        };
        let set = changes(&record, stage, more, "2026-11-25");
        let told: Vec<_> =
            set.iter().map(|(name, text)| (name.as_str(), text.as_deref().unwrap_or_default())).collect();
        assert_eq!(told, expected, "{fields:?} to {stage}");
    }

    #[test]
    fn a_move_changes_the_stage_and_what_hangs_on_it() {
        check(&[], "review", &[], &[("stage", "review")]);
        let why = [("reason", "staffing".to_owned())];
        let refused = [("decided", "2026-11-25"), ("reason", "staffing"), ("stage", "nonadmit")];
        check(&[], "nonadmit", &why, &refused);
        check(&[("decided", "2026-11-01")], "nonadmit", &why, &refused[1..]);
        check(&[("decided", "2026-07-01"), ("decision", "accepted")], "nonadmit", &why, &refused);
        check(
            &[],
            "admitted",
            &[("soc", String::new())],
            &[("decided", "2026-11-25"), ("stage", "admitted")],
        );
        let planned = [("soc", "2026-12-01"), ("decided", "2026-11-24")];
        check(&planned, "admitted", &[("soc", String::new())], &[("soc", ""), ("stage", "admitted")]);
        let was = [("stage", "nonadmit"), ("reason", "staffing"), ("decided", "2026-11-01")];
        check(&was, "hold", &[], &[("decided", ""), ("reason", ""), ("stage", "hold")]);
        check(&was, "admitted", &[], &[("reason", ""), ("stage", "admitted")]);
        let declined = [was[0], was[1], was[2], ("decision", "declined")];
        check(&declined, "hold", &[], &[("stage", "hold")]);
    }
}
