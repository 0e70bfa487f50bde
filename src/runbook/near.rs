//! The name that a misspelt one may have meant.

/// Finds the known name nearest to a wrong one, if any is near enough to be meant.
pub(super) fn nearest<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wrong: Vec<char> = wrong.chars().take(64).collect();
    let allowed = (wrong.len() / 3).clamp(1, 3);
    known
        .into_iter()
        .filter(|name| name.chars().count().abs_diff(wrong.len()) <= allowed)
        .map(|name| (distance(&wrong, &name.chars().collect::<Vec<_>>()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Says it as help, or lists what is known where nothing is near.
pub(super) fn suggestion<'n>(wrong: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> Option<String> {
    if let Some(name) = nearest(wrong, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let known: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    (1..=20).contains(&known.len()).then(|| format!("known are {}", known.join(", ")))
}

/// Edits between two words, a swap of neighbours counting as one (Damerau and Levenshtein's
/// distance, each place edited at most once).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised_and_another_word_is_not() {
        let known = ["within", "when", "role", "title"];
        for (wrong, meant) in
            [("witihn", Some("within")), ("rol", Some("role")), ("titel", Some("title")), ("deadline", None)]
        {
            assert_eq!(nearest(wrong, known), meant, "{wrong}");
        }
        assert_eq!(suggestion("deadline", ["a", "b"]).as_deref(), Some("known are `a`, `b`"));
    }
}
