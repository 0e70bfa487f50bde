//! Whether a cell holds one mail address, and what is wrong if it does not.

/// RFC 5321, 4.5.3.1: octets of the part before the `@`, and of the whole.
const LONGEST_LOCAL: usize = 64;
const LONGEST: usize = 254;
/// What people type between addresses instead of `;`.
const SEPARATORS: [char; 6] = [',', '；', '，', '、', '|', '/'];

/// Checks one address (`local@domain`, RFC 5321; letters beyond ASCII as in RFC 6531).
pub fn check(address: &str) -> Result<(), String> {
    let wrong = |reason: &str| Err(format!("`{address}` is not a mail address: {reason}"));
    if address.matches('@').count() > 1 {
        if address.contains(SEPARATORS) || address.contains(char::is_whitespace) {
            return Err(format!("`{address}` holds several addresses; separate them by `;`"));
        }
        return wrong("it has more than one `@`");
    }
    if address.contains(['<', '>', '"']) {
        return wrong("write the address alone, without a name");
    }
    if address.contains(char::is_whitespace) || address.contains([',', '；', '，', '、', '(', ')', '\\', ':', '[', ']'])
    {
        return wrong("it contains a character that addresses don't have");
    }
    let Some((local, domain)) = address.split_once('@') else { return wrong("it has no `@`") };
    if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return wrong("the part before the `@` is not complete");
    }
    if local.len() > LONGEST_LOCAL || address.len() > LONGEST {
        return wrong("it is too long");
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    if !domain.split('.').all(label) || !domain.contains('.') {
        return wrong("the part after the `@` is not a domain");
    }
    Ok(())
}
