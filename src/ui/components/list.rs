//! A list of any length that can be pulled down: only the rows that are seen are in the page.

pub(crate) mod pull;
mod window;

use std::ops::Range;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent, TouchEvent};

use self::pull::Pull;
use self::window::Frame;
use super::chip::{Mark, Standing, Tone};
use super::icon::{Drawing, Icon};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    /// Its place in the list, from zero.
    pub(crate) position: usize,
    /// Where it leads.
    pub(crate) href: String,
    /// Its first line.
    pub(crate) title: String,
    /// Its second line.
    pub(crate) text: String,
    /// How it stands, if anything is expected of it: before the second line.
    pub(crate) due: Option<(String, Tone, Icon)>,
    /// What is to be known of it, if anything.
    pub(crate) mark: Option<(&'static str, Tone, Icon)>,
}

/// What the list says while it is pulled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PullWords {
    /// Not far enough yet.
    pub(crate) pull: &'static str,
    /// Far enough.
    pub(crate) release: &'static str,
    /// Let go.
    pub(crate) refreshing: &'static str,
}

/// The list. The page gives the rows of a range; the list knows which range is seen.
#[component]
pub(crate) fn LongList(
    /// Its name.
    label: &'static str,
    /// How many rows there are.
    #[prop(into)]
    total: Signal<usize>,
    /// The rows of a range; read again whenever what it reads changes.
    rows: Callback<Range<usize>, Vec<Row>>,
    /// How far it is scrolled, px; kept by the page, so that coming back finds the same place.
    scroll_top: RwSignal<f64>,
    /// Whether the list is seen; coming into sight it goes back to its place.
    #[prop(into)]
    seen: Signal<bool>,
    /// The address of the row that is open beside the list.
    #[prop(into)]
    current: Signal<String>,
    /// What is said while it is pulled.
    pull_words: PullWords,
    /// Whether a refresh is under way.
    #[prop(into)]
    refreshing: Signal<bool>,
    /// It was pulled down.
    on_pull: Callback<()>,
) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let frame = RwSignal::new(Frame { row_px: ROW_REM * 16.0, height_px: 1_000.0 });
    let range = Memo::new(move |_| window::rows(frame.get(), scroll_top.get(), total.get()));
    let drawn = Memo::new(move |_| rows.run(range.get()));

    let measure = move || {
        let Some(scroller) = scroller.get_untracked() else { return };
        let height_px = f64::from(scroller.client_height());
        // A list that is not laid out says 0.
        if height_px > 0.0 {
            let measured = Frame { row_px: row_px(), height_px };
            if frame.get_untracked() != measured {
                frame.set(measured);
            }
        }
    };
    let on_resize = window_event_listener_untyped("resize", move |_| measure());
    on_cleanup(move || on_resize.remove());
    let on_scroll = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        if scroller.client_height() > 0 {
            scroll_top.set(f64::from(scroller.scroll_top()));
        }
    };
    let is_laid_out = move || scroller.get_untracked().is_some_and(|scroller| scroller.client_height() > 0);
    // Coming back, and a new answer, move the list; scrolling it moves the signal.
    Effect::new(move |_| {
        let wanted = scroll_top.get();
        let Some(scroller) = scroller.get().filter(|_| seen.get()) else { return };
        let put = move |wanted: f64| {
            if f64::from(scroller.scroll_top()) != wanted {
                scroller.set_scroll_top(wanted as i32);
            }
            measure();
        };
        if is_laid_out() {
            put(wanted);
        } else {
            request_animation_frame(move || put(wanted));
        }
    });

    let pulled = pulling(scroller, on_pull);
    let saying = Memo::new(move |_| match pulled.pull.get() {
        pull if pull.is_far_enough() => Some(pull_words.release),
        pull if pull.given > 0.0 => Some(pull_words.pull),
        _ if refreshing.get() || pulled.asked.get() => Some(pull_words.refreshing),
        _ => None,
    });
    let lowered = move || match pulled.pull.get().given {
        given if given > 0.0 => format!("{given}px"),
        _ if saying.get().is_some() => "3rem".to_owned(),
        _ => "0px".to_owned(),
    };
    view! {
        <div
            node_ref=scroller
            class="list"
            class:list--pulled=move || { pulled.pull.get().given > 0.0 }
            tabindex="-1"
            on:scroll=on_scroll
            on:pointerdown=move |event| pulled.on_down(&event)
            on:pointermove=move |event| pulled.on_move(&event)
            on:pointerup=move |_| pulled.on_up()
            on:pointercancel=move |_| pulled.on_cancel()
            on:touchmove=move |event| pulled.on_touch(&event)
            on:dragstart=move |event| event.prevent_default()
            on:click:capture=move |event| pulled.on_click(&event)
            on:keydown=on_key
        >
            <p class="list__pull" aria-hidden="true" style:height=lowered>
                {move || {
                    saying
                        .get()
                        .map(|text| view! { <span class="list__pull-text"><Drawing icon=Icon::Sync />{text}</span> })
                }}
            </p>
            <ul
                class="list__rows"
                role="list"
                aria-label=label
                style:height=move || format!("{}rem", total.get() as f64 * ROW_REM)
            >
                <For each=move || drawn.get() key=Clone::clone let:row>
                    <RowItem row total current />
                </For>
            </ul>
        </div>
    }
}

#[component]
fn RowItem(row: Row, total: Signal<usize>, current: Signal<String>) -> impl IntoView {
    let href = row.href.clone();
    let is_current = move || current.with(|current| *current == href).then_some("page");
    let due = row.due.map(|(text, tone, icon)| view! { <Standing text tone icon /> });
    let mark = row.mark.map(|(text, tone, icon)| view! { <Mark text tone icon /> });
    view! {
        <li
            class="list__row"
            role="listitem"
            aria-posinset=row.position + 1
            aria-setsize=move || total.get()
            style:top=format!("{}rem", row.position as f64 * ROW_REM)
        >
            <a class="list__link" href=row.href aria-current=is_current draggable="false">
                <span class="list__words">
                    <span class="list__title" dir="auto">{row.title}</span>
                    <span class="list__text">{due}<span dir="auto">{row.text}</span></span>
                </span>
                {mark}
            </a>
        </li>
    }
}

/// The hand on the list.
#[derive(Clone, Copy)]
struct Pulled {
    scroller: NodeRef<html::Div>,
    pull: RwSignal<Pull>,
    /// For a moment after letting go, so that the answer to the gesture is seen even when the web is quick.
    asked: RwSignal<bool>,
    /// A pull ends with a click on the row it began at; that one is not meant.
    swallow: StoredValue<bool>,
    touch: StoredValue<Pull>,
    on_pull: Callback<()>,
}

fn pulling(scroller: NodeRef<html::Div>, on_pull: Callback<()>) -> Pulled {
    Pulled {
        scroller,
        pull: RwSignal::new(Pull::default()),
        asked: RwSignal::new(false),
        swallow: StoredValue::new(false),
        touch: StoredValue::new(Pull::default()),
        on_pull,
    }
}

impl Pulled {
    fn scroll_top(self) -> f64 {
        self.scroller.get_untracked().map_or(0.0, |scroller| f64::from(scroller.scroll_top()))
    }

    fn on_down(self, event: &PointerEvent) {
        self.swallow.set_value(false);
        if !event.is_primary() || event.button() != 0 {
            return;
        }
        let (y, scroll_top) = (f64::from(event.client_y()), self.scroll_top());
        self.pull.update(|pull| pull.on_press(y, scroll_top));
        self.touch.update_value(|pull| pull.on_press(y, scroll_top));
    }

    fn on_move(self, event: &PointerEvent) {
        let (y, scroll_top) = (f64::from(event.client_y()), self.scroll_top());
        let mut next = self.pull.get_untracked();
        let follows = next.on_move(y, scroll_top);
        if next != self.pull.get_untracked() {
            self.pull.set(next);
        }
        if follows && !self.swallow.get_value() {
            self.swallow.set_value(true);
            if let Some(scroller) = self.scroller.get_untracked() {
                // Without it a mouse that leaves the list could not let go of it.
                drop(scroller.set_pointer_capture(event.pointer_id()));
            }
        }
    }

    /// The browser would take a finger's move for its own refresh or for scrolling, and end the pointer's moves.
    fn on_touch(self, event: &TouchEvent) {
        let Some(touch) = event.touches().get(0) else { return };
        let scroll_top = self.scroll_top();
        let follows =
            self.touch.try_update_value(|pull| pull.on_move(f64::from(touch.client_y()), scroll_top));
        if follows == Some(true) && event.cancelable() {
            event.prevent_default();
        }
    }

    fn on_up(self) {
        let mut pull = self.pull.get_untracked();
        let refresh = pull.on_release();
        self.pull.set(pull);
        if refresh {
            self.asked.set(true);
            let asked = self.asked;
            let unasked = move || {
                // The page may be gone by then.
                asked.try_set(false);
            };
            set_timeout(unasked, ASKED_FOR);
            self.on_pull.run(());
        }
    }

    fn on_cancel(self) {
        self.pull.set(Pull::default());
    }

    fn on_click(self, event: &web_sys::MouseEvent) {
        if self.swallow.get_value() {
            self.swallow.set_value(false);
            event.prevent_default();
            event.stop_propagation();
        }
    }
}

/// Arrow keys go from row to row, as in any list.
fn on_key(event: KeyboardEvent) {
    let up = match event.key().as_str() {
        "ArrowUp" => true,
        "ArrowDown" => false,
        _ => return,
    };
    let row = document().active_element().and_then(|link| link.closest(".list__row").ok().flatten());
    let next =
        row.and_then(|row| if up { row.previous_element_sibling() } else { row.next_element_sibling() });
    let link = next.and_then(|row| row.query_selector("a").ok().flatten());
    if let Some(link) = link.as_ref().and_then(Element::dyn_ref::<HtmlElement>) {
        event.prevent_default();
        drop(link.focus());
    }
}

/// Rows are as high as the reader's text asks for.
fn row_px() -> f64 {
    let style = document().document_element().and_then(|root| {
        web_sys::window().and_then(|window| window.get_computed_style(&root).ok().flatten())
    });
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    let rem_px = size.and_then(|size| size.trim_end_matches("px").parse().ok()).unwrap_or(16.0);
    ROW_REM * rem_px
}

/// Two lines of text and the room of a thumb; `list.css` says the same.
const ROW_REM: f64 = 4.25;

const ASKED_FOR: Duration = Duration::from_millis(700);
