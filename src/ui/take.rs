//! Taking a chart along: its table as a file, itself as a picture and on paper.

use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Element, HtmlElement, Url};

use crate::ui::{intl, picture, words};

/// Saves rows as a file for spreadsheets; the first row holds the heads. What it is called is made of `title`.
pub(crate) fn save_table(title: &str, rows: &[Vec<String>]) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(&view::export::table(rows)));
    save(title, "csv", &Blob::new_with_str_sequence(&parts)?)
}

/// Saves a chart as a picture that says of what day it is.
pub(crate) async fn save_picture(title: &str, figure: &Element) -> Result<(), JsValue> {
    let drawn = picture::png(figure, &words::picture_of(&intl::day_of_year(intl::today()))).await?;
    save(title, "png", &drawn)
}

fn save(title: &str, ending: &str, file: &Blob) -> Result<(), JsValue> {
    let words = title.to_lowercase();
    let words = words.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = format!("satchel-{}-{}.{ending}", words.collect::<Vec<_>>().join("-"), intl::today());
    let file = Url::create_object_url_with_blob(file)?;
    let link = document().create_element("a")?;
    for (attribute, value) in [("href", &*file), ("download", &*name), ("rel", "external")] {
        link.set_attribute(attribute, value)?;
    }
    if let Some(link) = link.dyn_ref::<HtmlElement>() {
        link.click();
    }
    // Until then the browser may still read it.
    set_timeout(move || drop(Url::revoke_object_url(&file)), FILE_KEPT);
    Ok(())
}

/// Prints one chart and nothing else of the page.
pub(crate) fn print(figure: &Element) {
    unmark();
    if figure.set_attribute(PRINTED, "").is_err() {
        return;
    }
    // On a phone printing goes on after this returns.
    let done = Closure::<dyn Fn()>::new(unmark).into_js_value();
    window().set_onafterprint(Some(done.unchecked_ref()));
    // Without a printer nothing is printed.
    drop(window().print());
}

fn unmark() {
    if let Ok(Some(figure)) = document().query_selector(&format!("[{PRINTED}]")) {
        drop(figure.remove_attribute(PRINTED));
    }
}

/// What style/components/chart.css prints.
const PRINTED: &str = "data-printed";
const FILE_KEPT: std::time::Duration = std::time::Duration::from_secs(60);
