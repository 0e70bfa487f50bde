//! A notice's body: one Markdown source, rendered as plain text, as HTML, and in the dialects of robots.
//!
//! Values are escaped when they enter the Markdown, so every rendering shows them as they were typed.

use comrak::nodes::{AstNode, ListType, NodeList, NodeValue};
use comrak::{Arena, Options, markdown_to_html, parse_document};

use super::inert;

/// Escapes a value so that Markdown shows it as it was typed; its lines become hard breaks.
pub fn escape(value: &str) -> String {
    let lines: Vec<String> =
        inert::clean(value).lines().map(str::trim).filter(|l| !l.is_empty()).map(escape_line).collect();
    lines.join("\\\n")
}

/// Escapes what means something anywhere, and what means something at the start of a line.
fn escape_line(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + 8);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in line.char_indices() {
        let anywhere = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|');
        let at_start = at == 0 && matches!(c, '#' | '+' | '-' | '=');
        let after_number = digits > 0 && at == digits && matches!(c, '.' | ')');
        if anywhere || at_start || after_number {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.cjk_friendly_emphasis = true;
    // HTML in a template shows as text; links to anything but the usual schemes lose their target.
    options.render.escape = true;
    options
}

/// The body as an HTML fragment; HTML in the source shows as text.
pub fn html(markdown: &str) -> String {
    markdown_to_html(markdown, &options())
}

/// The body as plain text: values as they were typed, no markup.
pub fn text(markdown: &str) -> String {
    write(markdown, Dialect::Plain)
}

/// The body in Slack's mrkdwn.
pub fn slack(markdown: &str) -> String {
    write(markdown, Dialect::Slack)
}

/// The body in the plain Markdown that Feishu, DingTalk, WeCom and Teams share: bold, links
/// and lists, and no escapes, which they would show.
pub fn robot(markdown: &str) -> String {
    write(markdown, Dialect::Robot)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Plain,
    Slack,
    Robot,
}

impl Dialect {
    /// A run of text such that nothing in it means anything to the reader's program.
    fn literal(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Slack => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            // These robots know no escapes; the full-width twins read the same and do nothing.
            Self::Robot => text.chars().map(full_width).collect(),
        }
    }

    fn bold(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Slack => "*",
            Self::Robot => "**",
        }
    }

    fn bullet(self) -> &'static str {
        match self {
            Self::Slack => "• ",
            Self::Plain | Self::Robot => "- ",
        }
    }

    fn link(self, label: &str, url: &str) -> String {
        match self {
            _ if url.is_empty() || comrak::html::dangerous_url(url) => label.to_owned(),
            Self::Plain if label == url || url.strip_prefix("mailto:") == Some(label) => label.to_owned(),
            Self::Plain => format!("{label} ({url})"),
            Self::Slack => format!("<{}|{label}>", self.literal(url).replace('|', "%7C")),
            Self::Robot => format!("[{label}]({url})"),
        }
    }
}

fn full_width(c: char) -> char {
    match c {
        '<' => '＜',
        '>' => '＞',
        '[' => '［',
        ']' => '］',
        '*' => '＊',
        '`' => '｀',
        other => other,
    }
}

fn write(markdown: &str, dialect: Dialect) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    blocks(root, dialect, "\n\n").trim_end().to_owned()
}

fn blocks<'a>(parent: &'a AstNode<'a>, dialect: Dialect, between: &str) -> String {
    let written: Vec<String> = parent.children().map(|child| block(child, dialect)).filter(|b| !b.is_empty()).collect();
    written.join(between)
}

fn block<'a>(node: &'a AstNode<'a>, dialect: Dialect) -> String {
    match &node.data.borrow().value {
        NodeValue::List(list) => items(node, list, dialect),
        NodeValue::BlockQuote => indent(&blocks(node, dialect, "\n\n"), "> ", "> "),
        NodeValue::Heading(_) => {
            let title = inlines(node, dialect);
            format!("{0}{title}{0}", dialect.bold())
        }
        NodeValue::CodeBlock(code) => dialect.literal(code.literal.trim_end()),
        NodeValue::HtmlBlock(html) => dialect.literal(html.literal.trim_end()),
        NodeValue::ThematicBreak => "---".to_owned(),
        _ => inlines(node, dialect),
    }
}

fn items<'a>(node: &'a AstNode<'a>, list: &NodeList, dialect: Dialect) -> String {
    let written: Vec<String> = node
        .children()
        .enumerate()
        .map(|(index, item)| {
            let mark = match list.list_type {
                ListType::Bullet => dialect.bullet().to_owned(),
                ListType::Ordered => format!("{}. ", list.start + index),
            };
            let below = " ".repeat(mark.chars().count());
            indent(&blocks(item, dialect, "\n"), &mark, &below)
        })
        .collect();
    written.join("\n")
}

fn indent(text: &str, first: &str, below: &str) -> String {
    let mut indented = String::new();
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            indented.push('\n');
        }
        indented.push_str(if index == 0 { first } else { below });
        indented.push_str(line);
    }
    indented
}

fn inlines<'a>(parent: &'a AstNode<'a>, dialect: Dialect) -> String {
    parent.children().map(|child| inline(child, dialect)).collect()
}

fn inline<'a>(node: &'a AstNode<'a>, dialect: Dialect) -> String {
    match &node.data.borrow().value {
        NodeValue::Text(text) => dialect.literal(text),
        NodeValue::SoftBreak | NodeValue::LineBreak => "\n".to_owned(),
        NodeValue::Code(code) => dialect.literal(&code.literal),
        NodeValue::HtmlInline(html) => dialect.literal(html),
        NodeValue::Strong => format!("{0}{1}{0}", dialect.bold(), inlines(node, dialect)),
        NodeValue::Link(link) | NodeValue::Image(link) => dialect.link(&inlines(node, dialect), &link.url),
        _ => inlines(node, dialect),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    const HOSTILE: [&str; 16] = [
        "\\",
        "a\\\nb",
        "*bold* _it_ `code` ~~gone~~",
        "[x](javascript:alert(1))",
        "![x](https://tracker.example/p.gif)",
        "<script>alert(1)</script>",
        "</p><img src=x onerror=y>",
        "# Title\n- item\n+ item\n1. one\n1) one\n=== \n---",
        "{{impact}} {{{impact}}}",
        "a\n.\nb",
        "&amp; &#60; &copy;",
        "> quote\n    code",
        "| a | b |\n|---|---|",
        "<https://evil.example>",
        "出金*失败*，请稍后再试！",
        "[ref]: https://evil.example",
    ];

    #[test]
    fn a_value_reads_in_plain_text_as_it_was_typed() {
        for value in HOSTILE {
            let typed: Vec<&str> = value.lines().map(str::trim).collect();
            for markdown in [escape(value), format!("**Label:** {}", escape(value)), format!("- {}", escape(value))] {
                let shown = text(&markdown);
                let shown: Vec<&str> = shown
                    .trim_start_matches("Label: ")
                    .lines()
                    .enumerate()
                    .map(|(i, l)| trimmed(i, l, &markdown))
                    .collect();
                assert_eq!(shown, typed, "{markdown}");
            }
        }
    }

    /// The line without what the list around it adds.
    fn trimmed<'a>(index: usize, line: &'a str, markdown: &str) -> &'a str {
        match (markdown.starts_with("- "), index) {
            (true, 0) => line.strip_prefix("- ").expect("a bullet"),
            (true, _) => line.strip_prefix("  ").expect("an indent"),
            _ => line,
        }
    }

    #[test]
    fn a_value_adds_no_element_to_html() {
        for value in HOSTILE {
            let shown = html(&format!("- {}", escape(value))).replace("<br />", "");
            let inside = shown
                .as_str()
                .strip_prefix("<ul>\n<li>")
                .and_then(|s| s.strip_suffix("</li>\n</ul>\n"))
                .expect("one item");
            assert!(!inside.contains('<'), "{value}: {shown}");
        }
    }

    #[test]
    fn one_source_reads_in_every_dialect() {
        let markdown = format!(
            "We are looking into it.\n\n- **Impact:** {}\n- **Page**: [status](https://s.example)\n",
            escape("Withdrawals <b>fail</b>\n[now](x)")
        );
        assert_snapshot!(text(&markdown), @r"
        We are looking into it.

        - Impact: Withdrawals <b>fail</b>
          [now](x)
        - Page: status (https://s.example)
        ");
        assert_snapshot!(html(&markdown), @r#"
        <p>We are looking into it.</p>
        <ul>
        <li><strong>Impact:</strong> Withdrawals &lt;b&gt;fail&lt;/b&gt;<br />
        [now](x)</li>
        <li><strong>Page</strong>: <a href="https://s.example">status</a></li>
        </ul>
        "#);
        assert_snapshot!(slack(&markdown), @r"
        We are looking into it.

        • *Impact:* Withdrawals &lt;b&gt;fail&lt;/b&gt;
          [now](x)
        • *Page*: <https://s.example|status>
        ");
        assert_snapshot!(robot(&markdown), @r"
        We are looking into it.

        - **Impact:** Withdrawals ＜b＞fail＜/b＞
          ［now］(x)
        - **Page**: [status](https://s.example)
        ");
    }

    #[test]
    fn html_in_a_template_shows_as_text_and_a_dangerous_link_goes_nowhere() {
        assert_eq!(html("a <b>c</b>"), "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n");
        assert_eq!(html("[a](javascript:b)"), "<p><a href=\"\">a</a></p>\n");
        assert_eq!(text("[a](javascript:b)"), "a");
        assert_eq!(html("**影响：**出金"), "<p><strong>影响：</strong>出金</p>\n");
    }

    proptest::proptest! {
        #[test]
        fn any_line_survives_the_way_through_markdown(value in "\\PC{0,40}") {
            let line = inert::one_line(&value);
            let shown = text(&format!("**a** {}", escape(&line)));
            proptest::prop_assert_eq!(shown.trim().to_owned(), format!("a {line}").trim().to_owned());
        }
    }
}
