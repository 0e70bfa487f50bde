//! Fuzzes `entries::contacts`.
#![no_main]

#[path = "../entries/mod.rs"]
#[allow(dead_code)]
mod entries;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entries::contacts(data));
