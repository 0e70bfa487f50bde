//! The document as one HTML file that needs nothing else: style and picture inside, readable on paper and at night.

use comrak::{Options, markdown_to_html};

use super::{Document, PICTURE_MARK, SECTION_MARK};

const STYLE: &str = include_str!("../../../templates/retrospective/style.css");

pub(super) fn page(document: &Document) -> String {
    let mut body = String::new();
    let mut parts = document.filled.split(SECTION_MARK);
    body.push_str("<header>\n");
    body.push_str(&to_html(parts.next().unwrap_or_default()));
    body.push_str("</header>\n");
    for part in parts {
        let (id, text) = part.split_once("-->").unwrap_or(("", part));
        let id: String = id.trim().chars().filter(char::is_ascii_alphanumeric).collect();
        body.push_str(&format!("<section id=\"{id}\">\n"));
        match text.split_once(PICTURE_MARK) {
            Some((before, after)) => {
                body.push_str(&to_html(before));
                body.push_str("<figure>\n");
                body.push_str(&document.picture);
                body.push_str("</figure>\n");
                body.push_str(&to_html(after));
            }
            None => body.push_str(&to_html(text)),
        }
        body.push_str("</section>\n");
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
