//! Who is selected, once, and how the counts add up.
