//! Where output goes: standard output and error, coloured and measured on a terminal, plain elsewhere.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::text;

/// The few styles there are; colour never carries meaning alone.
pub(crate) mod style {
    use super::{AnsiColor, Style};

    pub(crate) const PLAIN: Style = Style::new();
    pub(crate) const STRONG: Style = Style::new().bold();
    pub(crate) const DIM: Style = Style::new().dimmed();
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
    pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
    pub(crate) const LINK: Style = AnsiColor::Cyan.on_default();
}

/// Puts a style around a text.
pub(crate) fn paint(style: Style, text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    if style == Style::new() { text.to_owned() } else { format!("{}{text}{}", style.render(), style.render_reset()) }
}

/// The two streams and what is known of the terminal behind them.
pub(crate) struct Out {
    stdout: Box<dyn Write>,
    stderr: Box<dyn Write>,
    /// The width to keep to; none where output is not a terminal.
    pub(crate) columns: Option<usize>,
    pub(crate) json: bool,
    /// Whether the reader sits at a terminal and can be asked.
    pub(crate) interactive: bool,
}

impl Out {
    /// The process's own streams.
    pub(crate) fn standard(json: bool, no_color: bool) -> Self {
        let choice = if no_color { anstream::ColorChoice::Never } else { anstream::ColorChoice::Auto };
        let terminal = io::stdout().is_terminal();
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            stdout: Box::new(anstream::AutoStream::new(io::stdout(), choice)),
            stderr: Box::new(anstream::AutoStream::new(io::stderr(), choice)),
            columns: terminal.then_some(columns.unwrap_or(80).max(40)),
            json,
            interactive: !json && terminal && io::stdin().is_terminal(),
        }
    }

    #[cfg(test)]
    pub(crate) fn into(stdout: impl Write + 'static, columns: usize) -> Self {
        Self {
            stdout: Box::new(anstream::StripStream::new(Box::new(stdout) as Box<dyn Write>)),
            stderr: Box::new(io::sink()),
            columns: Some(columns),
            json: false,
            interactive: true,
        }
    }

    /// A line for the reader. A closed pipe is not a fault: whoever read has read enough.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.stdout, "{}", line.as_ref());
    }

    pub(crate) fn lines(&mut self, lines: impl IntoIterator<Item = impl AsRef<str>>) {
        for line in lines {
            self.line(line);
        }
    }

    /// A paragraph, wrapped to the terminal.
    pub(crate) fn paragraph(&mut self, indent: usize, paragraph: &str) {
        let columns = self.columns.unwrap_or(usize::MAX).saturating_sub(indent);
        for line in text::wrap(&text::clean(paragraph), columns) {
            let line = format!("{}{line}", " ".repeat(indent));
            self.line(line.trim_end());
        }
    }

    /// Text that is not followed by a line break, such as a question.
    pub(crate) fn ask(&mut self, question: &str) {
        let _ = write!(self.stdout, "{question}").and_then(|()| self.stdout.flush());
    }

    /// Bytes as they are: a document or a schema.
    pub(crate) fn raw(&mut self, document: &str) {
        let newline = if document.ends_with('\n') { "" } else { "\n" };
        let _ = write!(self.stdout, "{document}{newline}");
    }

    /// A remark beside the answer, on standard error.
    pub(crate) fn remark(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.stderr, "{}", line.as_ref());
    }

    /// The one JSON object of the answer.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<(), serde_json::Error> {
        let json = serde_json::to_string_pretty(object)?;
        self.line(json);
        Ok(())
    }

    /// The one JSON object of an error, on standard error.
    pub(crate) fn error_object(&mut self, object: &impl Serialize) {
        if let Ok(json) = serde_json::to_string_pretty(object) {
            self.remark(json);
        }
    }
}
