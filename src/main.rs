//! Mounts the app and starts the driver.

use leptos::prelude::*;
use satchel::store::Store;
use satchel::ui::App;
use satchel::{device, driver};

fn main() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        device::update::panicked();
    }));
    let owner = Owner::new();
    owner.set();
    let (store, commands) = Store::new();
    mount_to_body(move || view! { <App store=store /> });
    wasm_bindgen_futures::spawn_local(driver::run(store, commands));
    device::update::ready();
    // The store lives as long as the page.
    std::mem::forget(owner);
}
