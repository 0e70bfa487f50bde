//! Documents of small journals, as people read them.

use crate::locale::Locale;
use crate::retrospective::fixture::{CHINESE, ENGLISH, Played};
use crate::retrospective::{Edition, write};

#[test]
fn show() {
    let played = Played::whole().resolved();
    for (template, locale) in [(CHINESE, Locale::chinese()), (ENGLISH, Locale::english())] {
        for edition in [Edition::Internal, Edition::Public] {
            let document = write(&played.sources(template), edition, &locale).expect("it is written");
            let name = format!("/tmp/retro-{}-{}", locale, edition.as_str());
            std::fs::write(format!("{name}.md"), document.markdown()).unwrap();
            std::fs::write(format!("{name}.html"), document.html()).unwrap();
            std::fs::write(format!("{name}.json"), serde_json::to_string_pretty(&document.json()).unwrap()).unwrap();
            std::fs::write(format!("{name}.svg"), document.timeline_svg()).unwrap();
        }
    }
}
