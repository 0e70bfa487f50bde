//! The languages the interface speaks, and which of them a request asks for.

use serde::{Serialize, Serializer};

use crate::locale::Locale;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Chinese for readers of Chinese, English for everyone else.
    pub(crate) fn of(locale: &Locale) -> Self {
        if locale.is_chinese() { Self::Chinese } else { Self::English }
    }

    /// What an `Accept-Language` header (RFC 9110, 12.5.4) likes best of what there is; none where it likes nothing.
    pub(crate) fn accepted(header: &str) -> Option<Self> {
        let mut wanted: Vec<(f32, &str)> = header
            .split(',')
            .filter_map(|range| {
                let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
                let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse().ok())?;
                (quality > 0.0).then(|| (quality, tag.trim()))
            })
            .collect();
        wanted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        wanted.iter().find_map(|(_, tag)| Self::tagged(tag))
    }

    /// The language of a tag such as `zh-TW`; none where Muster does not speak it.
    pub(crate) fn tagged(tag: &str) -> Option<Self> {
        let locale: Locale = tag.parse().ok()?;
        let spoken = Self::ALL.map(Self::locale);
        locale.best(&spoken).map(Self::of)
    }

    pub(crate) fn locale(self) -> Locale {
        match self {
            Self::English => Locale::english(),
            Self::Chinese => Locale::chinese(),
        }
    }

    /// As in the `lang` attribute.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-Hans",
        }
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_its_sender_reads() {
        for (header, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Language::Chinese)),
            ("en-GB,en;q=0.9,zh;q=0.8", Some(Language::English)),
            ("fr, en;q=0.3, zh-TW;q=0.7", Some(Language::Chinese)),
            ("fr;q=1, *;q=0.1", None),
            ("zh;q=0, en", Some(Language::English)),
            ("zh;q=nonsense", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }
}
