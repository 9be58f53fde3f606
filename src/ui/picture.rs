//! A chart as a picture: each word and each drawing of it once more, where it stands on the screen.

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, CssStyleDeclaration, DomRect, Element, HtmlCanvasElement,
    HtmlImageElement, Node, XmlSerializer,
};

/// What is seen of a chart, in the order of the page.
struct Seen {
    words: Vec<Word>,
    drawings: Vec<(Element, Place)>,
    /// How much higher what follows is drawn, because what was left out took room, px.
    lift: f64,
    /// Between two things below each other, px.
    gap: f64,
}

/// Where something is drawn, px.
#[derive(Clone, Copy)]
struct Place {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// A word, or a letter of one that is broken in two.
struct Word {
    text: String,
    place: Place,
    font: String,
    ink: String,
}

/// The chart as a PNG, in the colours of the screen, with a line of small print below. What leads away from it or
/// changes it, and its table, are left out.
pub(crate) async fn png(figure: &Element, small_print: &str) -> Result<Blob, JsValue> {
    let frame = figure.get_bounding_client_rect();
    let style = style(figure)?;
    let room = px(&style, "padding-left");
    let mut seen = Seen { words: Vec::new(), drawings: Vec::new(), lift: 0.0, gap: px(&style, "row-gap") };
    seen.look(figure)?;
    let places =
        seen.words.iter().map(|word| &word.place).chain(seen.drawings.iter().map(|(_, place)| place));
    let foot = places.map(Place::foot).fold(frame.top(), f64::max);
    let line = px(&style, "font-size");
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    canvas.set_width((frame.width() * SHARPNESS) as u32);
    canvas.set_height((SHARPNESS * (foot - frame.top() + 2.0 * line + room)) as u32);
    let paper = canvas.get_context("2d")?.ok_or("no canvas")?;
    let paper: CanvasRenderingContext2d = paper.unchecked_into();
    paper.scale(SHARPNESS, SHARPNESS)?;
    paper.translate(-frame.left(), -frame.top())?;
    paper.set_fill_style_str(&style.get_property_value("background-color")?);
    paper.fill_rect(frame.left(), frame.top(), frame.width(), f64::from(canvas.height()));
    for (drawing, place) in &seen.drawings {
        draw(&paper, figure, drawing, place).await?;
    }
    for word in &seen.words {
        write(&paper, word)?;
    }
    paper.set_font(&format!("{}px {}", 0.8 * line, style.get_property_value("font-family")?));
    paper.fill_text(small_print, frame.left() + room, foot + 1.5 * line)?;
    blob(&canvas).await
}

impl Seen {
    fn look(&mut self, node: &Node) -> Result<(), JsValue> {
        if node.node_type() == Node::TEXT_NODE {
            return self.read(node);
        }
        let Some(element) = node.dyn_ref::<Element>() else {
            return Ok(());
        };
        let place = self.place(&element.get_bounding_client_rect());
        if element.matches(NOT_SEEN)? {
            return Ok(());
        }
        if element.matches(LEFT_OUT)? {
            self.lift += place.height + self.gap;
            return Ok(());
        }
        if element.tag_name().eq_ignore_ascii_case("svg") {
            self.drawings.push((element.clone(), place));
            return Ok(());
        }
        let inside = node.child_nodes();
        (0..inside.length()).filter_map(|at| inside.get(at)).try_for_each(|child| self.look(&child))
    }

    fn place(&self, seen: &DomRect) -> Place {
        Place { left: seen.left(), top: seen.top() - self.lift, width: seen.width(), height: seen.height() }
    }

    /// Takes the words of a text that are seen: those of a line that was cut off are not.
    fn read(&mut self, text: &Node) -> Result<(), JsValue> {
        let Some(around) = text.parent_element() else {
            return Ok(());
        };
        let letters: Vec<u16> = text.text_content().unwrap_or_default().encode_utf16().collect();
        let style = style(&around)?;
        let font = ["font-style", "font-weight", "font-size", "font-family"]
            .map(|name| style.get_property_value(name));
        let font = font.into_iter().collect::<Result<Vec<_>, _>>()?.join(" ");
        let ink = style.get_property_value("color")?;
        let end = around.get_bounding_client_rect().bottom() + 1.0;
        let range = document().create_range()?;
        for (from, to) in words(&letters) {
            range.set_start(text, from as u32)?;
            range.set_end(text, to as u32)?;
            let is_broken = range.get_client_rects().is_some_and(|rects| rects.length() > 1);
            let pieces = if is_broken { characters(&letters, from, to) } else { vec![(from, to)] };
            for (from, to) in pieces {
                range.set_start(text, from as u32)?;
                range.set_end(text, to as u32)?;
                let seen = range.get_bounding_client_rect();
                if seen.width() > 0.0 && seen.bottom() <= end {
                    let place = self.place(&seen);
                    let text = String::from_utf16_lossy(&letters[from..to]);
                    self.words.push(Word { text, place, font: font.clone(), ink: ink.clone() });
                }
            }
        }
        Ok(())
    }
}

impl Place {
    fn foot(&self) -> f64 {
        self.top + self.height
    }
}

/// Where each word begins and ends.
fn words(letters: &[u16]) -> Vec<(usize, usize)> {
    let is_space = |letter: u16| char::from_u32(letter.into()).is_some_and(char::is_whitespace);
    let mut words = Vec::new();
    let mut begun = None;
    for (at, letter) in letters.iter().enumerate() {
        match (is_space(*letter), begun) {
            (false, None) => begun = Some(at),
            (true, Some(from)) => {
                words.push((from, at));
                begun = None;
            }
            _ => {}
        }
    }
    words.extend(begun.map(|from| (from, letters.len())));
    words
}

/// Where each character of a word begins and ends.
fn characters(letters: &[u16], from: usize, to: usize) -> Vec<(usize, usize)> {
    let mut at = from;
    let sizes =
        char::decode_utf16(letters[from..to].iter().copied()).map(|letter| letter.map_or(1, char::len_utf16));
    let place = |size| {
        let begun = at;
        at += size;
        (begun, at)
    };
    sizes.map(place).collect()
}

fn write(paper: &CanvasRenderingContext2d, word: &Word) -> Result<(), JsValue> {
    paper.set_font(&word.font);
    paper.set_fill_style_str(&word.ink);
    let size = paper.measure_text(&word.text)?;
    let (up, down) = (size.font_bounding_box_ascent(), size.font_bounding_box_descent());
    let place = &word.place;
    paper.fill_text(&word.text, place.left, place.top + (place.height - up - down) / 2.0 + up)
}

async fn draw(
    paper: &CanvasRenderingContext2d,
    figure: &Element,
    drawing: &Element,
    place: &Place,
) -> Result<(), JsValue> {
    let style = style(drawing)?;
    paper.set_fill_style_str(&style.get_property_value("background-color")?);
    paper.fill_rect(place.left, place.top, place.width, place.height);
    let image = HtmlImageElement::new()?;
    let text = js_sys::encode_uri_component(&alone(figure, drawing, place)?);
    image.set_src(&format!("data:image/svg+xml,{text}"));
    JsFuture::from(image.decode()).await?;
    let (left, top) = (place.left - OVERHANG, place.top - OVERHANG);
    let (wide, high) = (place.width + 2.0 * OVERHANG, place.height + 2.0 * OVERHANG);
    paper.draw_image_with_html_image_element_and_dw_and_dh(&image, left, top, wide, high)?;
    let border = px(&style, "border-bottom-width");
    paper.set_fill_style_str(&style.get_property_value("border-bottom-color")?);
    paper.fill_rect(place.left, place.foot() - border, place.width, border);
    Ok(())
}

/// The text of a drawing that needs no style sheet and no other drawing.
fn alone(figure: &Element, drawing: &Element, place: &Place) -> Result<String, JsValue> {
    let document = document();
    let around = document.create_element_ns(Some(SVG), "svg")?;
    let (wide, high) = (place.width + 2.0 * OVERHANG, place.height + 2.0 * OVERHANG);
    for (name, value) in [("width", wide), ("height", high)] {
        around.set_attribute(name, &value.to_string())?;
    }
    let border = px(&style(drawing)?, "border-bottom-width");
    let copy = painted(drawing)?;
    let size = [("x", OVERHANG), ("y", OVERHANG), ("width", place.width), ("height", place.height - border)];
    for (name, value) in size {
        copy.set_attribute(name, &value.to_string())?;
    }
    copy.set_attribute("overflow", "visible")?;
    // A pattern may stand in another drawing of the chart.
    let patterns = figure.query_selector_all("pattern")?;
    for pattern in (0..patterns.length()).filter_map(|at| patterns.get(at)) {
        if !drawing.contains(Some(&pattern)) {
            around.append_child(&*painted(pattern.unchecked_ref())?)?;
        }
    }
    around.append_child(&copy)?;
    XmlSerializer::new()?.serialize_to_string(&around)
}

/// A copy of a part of a drawing that has its colours in itself.
fn painted(part: &Element) -> Result<Element, JsValue> {
    let copy: Element = part.clone_node_with_deep(true)?.unchecked_into();
    let (seen, copies) = (part.query_selector_all("*")?, copy.query_selector_all("*")?);
    let inside = (0..seen.length()).filter_map(|at| Some((seen.get(at)?, copies.get(at)?)));
    let all = std::iter::once((part.clone().unchecked_into(), copy.clone().unchecked_into())).chain(inside);
    for (seen, copy) in all {
        let style = style(seen.unchecked_ref())?;
        for name in PAINT {
            copy.unchecked_ref::<Element>().set_attribute(name, &style.get_property_value(name)?)?;
        }
    }
    Ok(copy)
}

async fn blob(canvas: &HtmlCanvasElement) -> Result<Blob, JsValue> {
    let made = Promise::new(&mut |resolve, reject| {
        let done =
            Closure::once_into_js(move |blob: JsValue| drop(resolve.call1(&JsValue::UNDEFINED, &blob)));
        if let Err(error) = canvas.to_blob(done.unchecked_ref()) {
            drop(reject.call1(&JsValue::UNDEFINED, &error));
        }
    });
    // A canvas that is too large for the browser gives null.
    JsFuture::from(made).await?.dyn_into()
}

fn style(element: &Element) -> Result<CssStyleDeclaration, JsValue> {
    window().get_computed_style(element)?.ok_or_else(|| JsValue::from_str("no style"))
}

fn px(style: &CssStyleDeclaration, name: &str) -> f64 {
    let value = style.get_property_value(name).unwrap_or_default();
    value.trim_end_matches("px").parse().unwrap_or(0.0)
}

/// What is only read aloud.
const NOT_SEEN: &str = ".hidden";
/// The table with its buttons, what chooses what is shown, and what leads to another page.
const LEFT_OUT: &str = "details, fieldset, .card__line";
/// What a style sheet says of a part of a drawing.
const PAINT: [&str; 7] =
    ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "vector-effect"];
/// Points of the picture for each of the screen's; sharp on paper at the width of a phone.
const SHARPNESS: f64 = 3.0;
/// How far a dot or a line may reach out of its drawing, px.
const OVERHANG: f64 = 6.0;
const SVG: &str = "http://www.w3.org/2000/svg";
