//! The document as one HTML file that needs nothing else: style and picture inside, readable on paper and at night.

use comrak::{Options, markdown_to_html};

use super::{Document, PICTURE_MARK, SECTION_MARK};

const STYLE: &str = include_str!("../../../templates/retrospective/style.css");

/// What an HTML page is put together from: what stands before the first section, and the sections.
pub(super) fn parts(document: &Document) -> (String, Vec<(String, String)>) {
    let mut parts = document.filled.split(SECTION_MARK);
    let head = to_html(parts.next().unwrap_or_default());
    let sections = parts.map(|part| {
        let (id, text) = part.split_once("-->").unwrap_or(("", part));
        let id: String = id.trim().chars().filter(char::is_ascii_alphanumeric).collect();
        let html = match text.split_once(PICTURE_MARK) {
            Some((before, after)) => {
                format!("{}<figure>\n{}</figure>\n{}", to_html(before), document.picture, to_html(after))
            }
            None => to_html(text),
        };
        (id, html)
    });
    (head, sections.collect())
}

pub(super) fn page(document: &Document) -> String {
    let (head, sections) = parts(document);
    let mut body = format!("<header>\n{head}</header>\n");
    for (id, html) in sections {
        body.push_str(&format!("<section id=\"{id}\">\n{html}</section>\n"));
    }
    let (locale, title) = (escape(document.locale.as_str()), escape(&document.title));
    format!(
        "<!doctype html>\n<html lang=\"{locale}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main class=\"{}\">\n{body}</main>\n</body>\n</html>\n",
        document.edition.as_str()
    )
}

/// The same for a page that brings its own headings and styles: no title before a text, no style in the picture.
pub(super) fn pieces(document: &Document) -> Pieces {
    let (head, sections) = parts(document);
    let untitled = |html: &str, tag: &str| {
        let after =
            html.trim_start().strip_prefix(&format!("<{tag}>")).and_then(|html| html.split_once(&format!("</{tag}>")));
        after.map_or_else(|| html.to_owned(), |(_, after)| after.to_owned())
    };
    let unstyled =
        |html: String| match html.split_once("<style>").map(|(before, rest)| (before, rest.split_once("</style>"))) {
            Some((before, Some((_, after)))) => format!("{before}{after}"),
            Some(_) | None => html,
        };
    let sections = sections.iter().map(|(id, html)| (id.clone(), unstyled(untitled(html, "h2")))).collect();
    Pieces { head: untitled(&head, "h1"), sections }
}

/// A document in pieces, as safe HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    /// What stands before the first section, without the title.
    pub head: String,
    /// Each section's id with its text, without its title.
    pub sections: Vec<(String, String)>,
}

/// Markdown to HTML; raw HTML in it is left out, unsafe links are emptied.
fn to_html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.cjk_friendly_emphasis = true;
    // A table wider than a phone scrolls by itself, not the page.
    markdown_to_html(markdown, &options)
        .replace("<table>", "<div class=\"table\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>")
}

/// Escapes a text for HTML and SVG.
pub(in crate::retrospective) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for next in text.chars() {
        match next {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}
