//! Muster as people see it in a browser: Debian's Chromium on a phone, two of them for two people, and what judges pages.

mod checks;
mod chromium;
mod deeds;
mod hostile;
mod night;
mod pages;
mod person;
mod print;
mod site;
mod story;
mod together;
