//! libFuzzer drives [`fuzz::csv`].

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::csv::run(bytes));
