//! Content negotiation: which of the forms on offer a client likes best.

use axum::http::{HeaderMap, header};

/// The form that an `Accept` header (RFC 9110, 12.5.1) likes best; the first where it says nothing of any.
pub(super) fn best<'a>(headers: &HeaderMap, offered: &[&'a str]) -> Option<&'a str> {
    let accepted: Vec<&str> =
        headers.get_all(header::ACCEPT).iter().filter_map(|header| header.to_str().ok()).collect();
    let ranges: Vec<(&str, f32)> = accepted.iter().flat_map(|header| header.split(',')).filter_map(range).collect();
    let mut best: Option<(&str, f32)> = None;
    for form in offered {
        let quality = quality(&ranges, form);
        if quality > best.map_or(0.0, |(_, best)| best) {
            best = Some((form, quality));
        }
    }
    best.map(|(form, _)| form).or(offered.first().copied())
}

fn range(written: &str) -> Option<(&str, f32)> {
    let mut parts = written.split(';').map(str::trim);
    let kind = parts.next().filter(|kind| !kind.is_empty())?;
    let quality = parts.find_map(|part| part.strip_prefix("q="));
    Some((kind, quality.map_or(Some(1.0), |quality| quality.parse().ok())?))
}

/// How much a form is liked, by the range that fits it most closely.
fn quality(ranges: &[(&str, f32)], form: &str) -> f32 {
    let group = form.split('/').next().unwrap_or_default();
    let find = |wanted: &str| ranges.iter().find(|(range, _)| range.eq_ignore_ascii_case(wanted)).map(|(_, q)| *q);
    find(form).or_else(|| find(&format!("{group}/*"))).or_else(|| find("*/*")).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_form_is_given_and_the_first_where_none_is() {
        let offered = ["application/json", "text/html", "text/markdown"];
        for (accept, form) in [
            ("", "application/json"),
            ("*/*", "application/json"),
            ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
            ("text/*;q=0.5, application/json;q=0.4", "text/html"),
            ("text/markdown", "text/markdown"),
            ("text/html;q=0.2, TEXT/MARKDOWN;q=0.3", "text/markdown"),
            ("application/json;q=0, text/markdown;q=0.1", "text/markdown"),
            ("image/png", "application/json"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            assert_eq!(best(&headers, &offered), Some(form), "{accept}");
        }
        assert_eq!(best(&HeaderMap::new(), &offered), Some("application/json"));
    }
}
